/** @file RAF-DB, basic expressions: 12,271 faces to train on and 3,068 to test on, seven classes. */
import type { DatasetContents } from "../dataset.ts";
import type { DatasetDefinition } from "../definition.ts";
import { findLayout } from "../layout.ts";
import { syntheticRafDb } from "../synthetic/write-raf-db.ts";
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

/**
 * RAF-DB from its official folder or from Kaggle's; from the official one if both are there. It has no
 * validation split.
 */
async function loadRafDb(folder: string, title: string): Promise<DatasetContents> {
  const layout = await findLayout(title, folder, [official, ...kaggle]);
  const load = layout.name === "official" ? loadOfficial : loadKaggle;
  const { train, test } = await load(layout.root, title);
  return {
    layout: layout.name,
    protocol: "basic",
    classes: rafDbClasses,
    splits: { train, validation: [], test },
  };
}
