/** @file AffectNet with seven classes or eight: 287,651 faces to train on, 4,000 to test on. */
import type { DatasetContents } from "../dataset.ts";
import type { DatasetDefinition } from "../definition.ts";
import type { Expression } from "../expression.ts";
import { findLayout } from "../layout.ts";
import { syntheticAffectnet } from "../synthetic/write-affectnet.ts";
import { classFolders, loadClassFolders, sampleFolders } from "./class-folders.ts";
import { affectnetClasses } from "./classes.ts";
import { csvLayout, loadCsvLayout } from "./csv-layout.ts";
import { loadNpyLayout, npyLayout } from "./npy-layout.ts";
import { affectnet7Lists, affectnet8Lists, affectnetCounts } from "./published.ts";

const common = {
  folder: "affectnet",
  firstLabelNumber: 0,
  adviceIfEmpty: "Replace its label files by the published ones.",
  repeatsImages: true, // gathered from the web; nobody published how often an image repeats
  publishedCounts: affectnetCounts,
  synthetic: syntheticAffectnet,
} as const;

/** Without contempt. */
export const affectnet7 = {
  ...common,
  title: "AffectNet-7",
  partOf: "affectnet-8",
  load: loaderOf(affectnetClasses.slice(0, 7)),
  lists: affectnet7Lists,
} as const satisfies DatasetDefinition;

export const affectnet8 = {
  ...common,
  title: "AffectNet-8",
  load: loaderOf(affectnetClasses),
  lists: affectnet8Lists,
} as const satisfies DatasetDefinition;

const elsewhere =
  "Folders named by expressions, or numbered otherwise than from 0 (neutral) to 7 (contempt), are read as custom data: --dataset custom --classes.";

/**
 * AffectNet from either distribution or from class folders. Its test images were never published. As in the
 * literature, the validation images are tested on, and there is no validation split.
 */
function loaderOf(classes: readonly Expression[]): DatasetDefinition["load"] {
  const loaders = {
    npy: loadNpyLayout,
    csv: loadCsvLayout,
    folders: loadClassFolders,
    sample: loadClassFolders,
  };
  return async (folder, loading): Promise<DatasetContents> => {
    const layouts = [npyLayout, csvLayout, classFolders, sampleFolders];
    const layout = await findLayout(loading.title, folder, layouts, elsewhere);
    const load = loaders[layout.name as keyof typeof loaders];
    const { train, test } = await load(layout, { loading, classes });
    return {
      layout: layout.name,
      protocol: "tested on validation images",
      classes,
      splits: { train, validation: [], test },
    };
  };
}
