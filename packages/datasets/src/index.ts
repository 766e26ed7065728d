/** @file The public API of @mvt/datasets. Nothing else in this package can be imported. */

export { affectnetClasses } from "./affectnet/classes.ts";
export {
  type Augmentation,
  autoKinds,
  defaultAugmentation,
  erasingColourNames,
  magnitudeBins,
  shiftPaddings,
} from "./augment/augmentation.ts";
export { readRows } from "./batches/gather.ts";
export {
  type Batch,
  type BatchLoader,
  createBatchLoader,
  loaderThreads,
} from "./batches/loader.ts";
export {
  drawMix,
  type Mix,
  mixImages,
  type MixOptions,
  partnerOf,
  rowShowing,
} from "./batches/mix.ts";
export { balancedOrder, sequentialOrder, shuffledOrder } from "./batches/order.ts";
export { checkDataset, type CheckRow, type DatasetCheck } from "./check/check.ts";
export { type Disagreement, disagreementOf } from "./check/disagreement.ts";
export { mapAhead, mapConcurrently } from "./concurrently.ts";
export {
  type ClassMapping,
  type ClassMeaning,
  type CustomLayout,
  customLayouts,
  type CustomOptions,
  readClasses,
} from "./custom/mapping.ts";
export { splitNames } from "./dataset.ts";
export type { Crop, GroundTruth, ImageSource, Sample, SplitName } from "./dataset.ts";
export {
  type Dataset,
  datasetFolder,
  type DatasetName,
  datasetNames,
  datasets,
  isSynthetic,
  syntheticLayouts,
  type SyntheticName,
  syntheticNames,
} from "./datasets.ts";
export type { DatasetDefinition, DatasetOptions } from "./definition.ts";
export { DatasetError } from "./error.ts";
export { type Expression, expressions } from "./expression.ts";
export {
  applyProtocol,
  defaultFerplusProtocol,
  type FerplusLabels,
  ferplusLabels,
  type FerplusOptions,
  type FerplusProtocol,
  ferplusProtocols,
  type FerplusTrain,
  ferplusTrains,
  type Protocol,
} from "./ferplus/protocols.ts";
export { ferplusClasses, voteColumns, type Votes } from "./ferplus/votes.ts";
export { fingerprint } from "./fingerprint.ts";
export { decodeImageFile } from "./images/decode-image.ts";
export { isOtherFormat } from "./images/formats.ts";
export { decodeImages, type DecodeOptions, streamImages } from "./images/decode.ts";
export { type FileHashes, type FileHashesOptions, openFileHashes } from "./images/file-hashes.ts";
export { isTooLarge } from "./images/read-image.ts";
export { hashDataset, hashImages } from "./images/hash-images.ts";
export { type DatasetHashes, hashesOfPart, type ImageHashes } from "./images/hashes.ts";
export type { DecodedImages, Images, StreamedImages } from "./images/images.ts";
export {
  describeSkipped,
  parseSkipLimit,
  type SkipLimit,
  type SkippedImage,
  skipUnreadable,
} from "./images/skip-unreadable.ts";
export { chooseStorage, type ImageStorage, imageStorages, openImages } from "./images/storage.ts";
export { type LeftOut, leftOutReasons } from "./left-out.ts";
export { loadDataset } from "./load.ts";
export { isImageName } from "./names.ts";
export {
  type LabelSet,
  type NoiseKind,
  type NoiseKindDefinition,
  noiseKindNames,
  noiseKinds,
} from "./noise/kinds.ts";
export { applyLabelList, type LabelList, type ListedLabels, readLabelList } from "./noise/list.ts";
export { matrixFor, type NoiseMatrix, readNoiseMatrix } from "./noise/matrix.ts";
export { type Noise, noisyLabels, type NoiseTarget } from "./noise/noisy-labels.ts";
export { picturesBelow } from "./pictures-below.ts";
export { rafDbClasses } from "./raf-db/classes.ts";
export { type SubsetName, subsetNames } from "./subsets/published-lists.ts";
export { readSubsets, type Subset } from "./subsets/read.ts";
export {
  difficulties,
  type Difficulty,
  type DifficultyName,
  difficultyNames,
} from "./synthetic/difficulty.ts";
export {
  type DrawnFace,
  type DrawnPhotograph,
  drawPhotograph,
  type PhotographOptions,
} from "./synthetic/draw/photograph.ts";
export { wrongCount } from "./synthetic/faces.ts";
export { generatorVersion } from "./synthetic/manifest.ts";
export {
  synthesize,
  type SyntheticOptions,
  type SyntheticSummary,
} from "./synthetic/synthesize.ts";
