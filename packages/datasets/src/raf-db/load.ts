/** @file RAF-DB, basic expressions: 12,271 faces to train on and 3,068 to test on, seven classes. */
import { basename } from "node:path";
import type { DatasetContents } from "../dataset.ts";
import type { DatasetDefinition } from "../definition.ts";
import type { Loading } from "../labels.ts";
import { findLayout } from "../layout.ts";
import { syntheticRafDb } from "../synthetic/write-raf-db.ts";
import { classFolders, loadClassFolders } from "./class-folders.ts";
import { rafDbClasses } from "./classes.ts";
import { kaggle, loadKaggle } from "./kaggle.ts";
import { loadOfficial, official } from "./official.ts";
import { rafDbCounts, rafDbLists } from "./published.ts";

export const rafDb = {
  title: "RAF-DB",
  folder: "raf-db",
  firstLabelNumber: 1,
  load: loadRafDb,
  adviceIfEmpty: "Replace its label files by the published ones.",
  repeatsImages: false,
  publishedCounts: () => rafDbCounts,
  lists: rafDbLists,
  synthetic: syntheticRafDb,
} as const satisfies DatasetDefinition;

const elsewhere =
  "Folders named by expressions, or numbered otherwise than from 1 (surprise) to 7 (neutral), are read as custom data: --dataset custom --classes.";

/**
 * RAF-DB from its official folder, from Kaggle's, or from folders 1 to 7; from the first of them that is there. It has no
 * validation split, but copies in folders may have one.
 */
async function loadRafDb(folder: string, loading: Loading): Promise<DatasetContents> {
  const layout = await findLayout(
    loading.title,
    folder,
    [official, kaggle, classFolders],
    elsewhere,
  );
  const about = { layout: layout.name, protocol: "basic", classes: rafDbClasses };
  if (layout.name === classFolders.name) {
    const { tested, ...splits } = await loadClassFolders(layout, loading);
    const name = basename(tested);
    const protocol = name.toLowerCase() === "test" ? "basic" : `basic, tested on ${name}/`;
    return { ...about, protocol, splits };
  }
  const load = layout.name === official.name ? loadOfficial : loadKaggle;
  const { train, test } = await load(layout, loading);
  return { ...about, splits: { train, validation: [], test } };
}
