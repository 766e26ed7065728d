/** @file Loads a data set by name, whatever layout its folder has. */
import { type Dataset, type DatasetName, datasets } from "./datasets.ts";
import type { DatasetOptions } from "./definition.ts";
import { DatasetError } from "./error.ts";
import { readGroundTruth } from "./ground-truth.ts";
import { requireFolder } from "./layout.ts";

/**
 * Reads the labels of the data set in `folder` (DIR/raf-db, not DIR) and finds its images. No image is opened;
 * `checkDataset` opens them. Throws DatasetError for a label without its image.
 */
export async function loadDataset(
  name: DatasetName,
  folder: string,
  options: DatasetOptions = {},
): Promise<Dataset> {
  const definition = datasets[name];
  const ownTitle = definition.options?.includes("custom") && options.custom?.title;
  const title = ownTitle || definition.title;
  await requireFolder(title, folder);
  const contents = await definition.load(folder, title, options);
  const { train, test } = contents.splits;
  if (train.length === 0 || test.length === 0) {
    throw new DatasetError(
      `${title}: expected images to train on and to test on in ${folder}, ` +
        `found ${train.length} and ${test.length}`,
      { advice: definition.adviceIfEmpty },
    );
  }
  const dataset = { name, title, folder, ...contents };
  const groundTruth = await readGroundTruth(dataset);
  return groundTruth === undefined ? dataset : { ...dataset, groundTruth };
}
