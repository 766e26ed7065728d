/** @file Loads a data set by name, whatever layout its folder has. */
import type { DatasetContents, SplitName } from "./dataset.ts";
import { type Dataset, type DatasetName, datasets } from "./datasets.ts";
import type { DatasetOptions } from "./definition.ts";
import { DatasetError } from "./error.ts";
import type { Expression } from "./expression.ts";
import { readGroundTruth } from "./ground-truth.ts";
import { Findings } from "./left-out.ts";
import { requireFolder } from "./layout.ts";

/**
 * Reads the labels of the data set in `folder` (DIR/raf-db, not DIR) and finds its images. No image is opened;
 * `checkDataset` opens them. Throws DatasetError for a label without its image, unless the options keep those.
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
  const findings = new Findings();
  const loading = { title, missing: options.missing ?? "refuse", findings, files: options.files };
  const contents = await definition.load(folder, loading, options);
  const { train, test } = contents.splits;
  if (train.length === 0 || test.length === 0) {
    throw new DatasetError(
      `${title}: expected images to train on and to test on in ${folder}, ` +
        `found ${train.length} and ${test.length}`,
      { advice: definition.adviceIfEmpty },
    );
  }
  noteUntrained(contents, findings);
  const dataset = { name, title, folder, ...contents, ...findings.all };
  const groundTruth = await readGroundTruth(dataset);
  return groundTruth === undefined ? dataset : { ...dataset, groundTruth };
}

/** A classifier cannot learn a class without training images; each test image of it counts as an error. */
function noteUntrained({ classes, splits }: DatasetContents, findings: Findings): void {
  const has = (split: SplitName, expression: Expression) =>
    splits[split].some((sample) => sample.expression === expression);
  const untrained = classes.filter((name) => has("test", name) && !has("train", name));
  if (untrained.length === 0) return;
  findings.note(
    `no training image has the class ${untrained.join(" or ")}, and test images have: all of these will count as errors`,
  );
}
