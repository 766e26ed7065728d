/** @file AffectNet with seven classes or eight: 287,651 faces to train on, 4,000 to test on. */
import { datasetTitles, type Dataset } from "../dataset.ts";
import { findLayout } from "../layout.ts";
import { classFolders, loadClassFolders } from "./class-folders.ts";
import { type AffectnetName, classesOfAffectnet } from "./classes.ts";
import { csvLayouts, loadCsvLayout } from "./csv-layout.ts";
import { loadNpyLayout, npyLayouts } from "./npy-layout.ts";

const loaders = { npy: loadNpyLayout, csv: loadCsvLayout, folders: loadClassFolders };

/**
 * AffectNet from either distribution or from class folders. Its test images were never published: as
 * everywhere in the literature, the validation images are those tested on, and there is no validation
 * split. No image is opened.
 */
export function loadAffectnet(name: AffectnetName): (folder: string) => Promise<Dataset> {
  return async (folder) => {
    const title = datasetTitles[name];
    const layout = await findLayout(title, folder, [...npyLayouts, ...csvLayouts, ...classFolders]);
    const { train, test } = await loaders[layout.name as keyof typeof loaders](layout, name);
    return {
      name,
      title,
      folder,
      layout: layout.name,
      protocol: "tested on validation images",
      classes: classesOfAffectnet(name),
      splits: { train, validation: [], test },
    };
  };
}
