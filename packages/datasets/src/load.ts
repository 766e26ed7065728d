/** @file Loading a data set by name, whatever layout its folder has. */
import { join } from "node:path";
import { loadAffectnet } from "./affectnet/load.ts";
import { type CustomOptions, loadCustom } from "./custom/load.ts";
import { datasetTitles, type Dataset, type DatasetName } from "./dataset.ts";
import { DatasetError } from "./error.ts";
import { loadFerplus, type FerplusOptions } from "./ferplus/load.ts";
import { readGroundTruth } from "./ground-truth.ts";
import { requireFolder } from "./layout.ts";
import { loadRafDb } from "./raf-db/load.ts";

export interface LoadOptions extends FerplusOptions {
  /** What custom data means; needed for it, and for nothing else. */
  readonly custom?: CustomOptions | undefined;
}

const loaders: {
  readonly [N in DatasetName]: (folder: string, options: LoadOptions) => Promise<Dataset>;
} = {
  "raf-db": loadRafDb,
  ferplus: loadFerplus,
  "affectnet-7": loadAffectnet("affectnet-7"),
  "affectnet-8": loadAffectnet("affectnet-8"),
  custom: loadCustom,
};

const folders = {
  "raf-db": "raf-db",
  ferplus: "ferplus",
  "affectnet-7": "affectnet",
  "affectnet-8": "affectnet",
  custom: "custom",
} as const satisfies Record<DatasetName, string>;

/** Where a data set lies in the folder that holds all of them: "DIR/raf-db". AffectNet has one for both. */
export function datasetFolder(dataFolder: string, name: DatasetName): string {
  return join(dataFolder, folders[name]);
}

/**
 * Reads the labels of the data set in `folder` (DIR/raf-db, not DIR) and finds its images, without
 * opening any: `checkDataset` does. A label without its image is an error.
 */
export async function loadDataset(
  name: DatasetName,
  folder: string,
  options: LoadOptions = {},
): Promise<Dataset> {
  const title = (name === "custom" && options.custom?.title) || datasetTitles[name];
  await requireFolder(title, folder);
  const dataset = await loaders[name](folder, options);
  const { train, test } = dataset.splits;
  if (train.length === 0 || test.length === 0) {
    throw new DatasetError(
      `${dataset.title}: expected images to train on and to test on in ${folder}, ` +
        `found ${train.length} and ${test.length}. ` +
        (name === "custom"
          ? "Add images to both splits."
          : "Replace its label files by the published ones."),
    );
  }
  const groundTruth = await readGroundTruth(dataset);
  return groundTruth === undefined ? dataset : { ...dataset, groundTruth };
}
