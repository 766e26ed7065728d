/** @file The public API of @mvt/datasets. Nothing else in this package can be imported. */

export { affectnetClasses } from "./affectnet/classes.ts";
export { checkDataset, type CheckRow, type DatasetCheck } from "./check/check.ts";
export type { CustomOptions } from "./custom/load.ts";
export { type ClassMapping, type ClassMeaning, readClasses } from "./custom/mapping.ts";
export { datasetNames, datasetTitles, splitNames } from "./dataset.ts";
export type {
  Crop,
  Dataset,
  DatasetName,
  GroundTruth,
  ImageSource,
  Sample,
  SplitName,
} from "./dataset.ts";
export { DatasetError } from "./error.ts";
export { expressions, type Expression } from "./expression.ts";
export type { FerplusOptions, FerplusTrain } from "./ferplus/load.ts";
export {
  applyProtocol,
  defaultFerplusProtocol,
  ferplusProtocols,
  type FerplusProtocol,
  type Protocol,
} from "./ferplus/protocols.ts";
export { ferplusClasses, voteColumns, type Votes } from "./ferplus/votes.ts";
export { fingerprint } from "./fingerprint.ts";
export { datasetFolder, loadDataset, type LoadOptions } from "./load.ts";
export { rafDbClasses } from "./raf-db/classes.ts";
export { type Augmentation, defaultAugmentation } from "./augment/augmentation.ts";
export {
  type Batch,
  type BatchLoader,
  createBatchLoader,
  loaderThreads,
} from "./batches/loader.ts";
export { balancedOrder, sequentialOrder, shuffledOrder } from "./batches/order.ts";
export { isImageName } from "./image-names.ts";
export { decodePicture } from "./images/decode-image.ts";
export { readRows } from "./batches/read-rows.ts";
export { decodeImages, type DecodeOptions, streamImages } from "./images/decode.ts";
export type { DecodedImages } from "./images/decoded-images.ts";
export { chooseStorage, imageStorages, type ImageStorage, openImages } from "./images/storage.ts";
export type { Images, StreamedImages } from "./images/streamed-images.ts";
export { difficulties, type Difficulty, type DifficultyName } from "./synthetic/difficulty.ts";
export { generatorVersion } from "./synthetic/manifest.ts";
export {
  synthesize,
  type SyntheticOptions,
  type SyntheticSummary,
} from "./synthetic/synthesize.ts";
export type { SyntheticName } from "./synthetic/manifest.ts";
export type { SubsetName } from "./subsets/published-lists.ts";
export { readSubsets, type Subset } from "./subsets/read.ts";
