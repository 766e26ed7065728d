/** @file The public API of @mvt/datasets. Nothing else in this package can be imported. */

export { datasetNames } from "./dataset.ts";
export type { Dataset, DatasetName, GroundTruth, ImageSource, Sample, SplitName } from "./dataset.ts";
export { expressions, type Expression } from "./expression.ts";
