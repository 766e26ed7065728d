/** @file The public API of @mvt/core. Nothing else in this package can be imported. */

export { gradients } from "./autodiff/gradients.ts";
export { onnxBackend, type OnnxOptions } from "./backends/onnx/backend.ts";
export { tfjsBackend } from "./backends/tfjs/backend.ts";
export { TfjsError, type TfjsOptions } from "./backends/tfjs/engines.ts";
export {
  findTfjsPackage,
  type FoundPackage,
  type TfjsEngine,
  tfjsEngines,
} from "./backends/tfjs/packages.ts";
export * as deit from "./deit/index.ts";
export * as nn from "./nn/index.ts";
export * as ops from "./ops/index.ts";
export { adamw, type AdamWOptions, decaysMatrices, withUpdateInGraph } from "./optim/adamw.ts";
export { cosine, exponential, type Schedule, withWarmup } from "./optim/schedule.ts";
export { resizeBilinear } from "./images/resize.ts";
export {
  describeModel,
  type MaskDescription,
  type ModelDescription,
  preprocessingOf,
  type Preprocessing,
} from "./portable/description.ts";
export {
  loadMvt,
  type LoadOptions,
  type Mvt,
  type Picture,
  type Prediction,
  resizePicture,
} from "./portable/load.ts";
export { readMetadata, withMetadata } from "./portable/metadata.ts";
export { encodePortable, type PortableModel, portableOpset } from "./portable/portable.ts";
export { type Precision, precisions } from "./portable/precision.ts";
export { momentName } from "./program/program.ts";
export type {
  AdamWUpdate,
  Backend,
  Executable,
  Feed,
  Feeds,
  Program,
  Results,
  StateSlot,
} from "./program/program.ts";
export { simplify } from "./program/simplify.ts";
export * as random from "./random.ts";
export { dims, type DType, type Shape, ShapeError, type Tensor } from "./tensor.ts";
export { WeightsError } from "./weights/error.ts";
export { openWeights } from "./weights/open.ts";
export { decodeSafetensors, encodeSafetensors, type Safetensors } from "./weights/safetensors.ts";
export type { StoredArray, WeightsFile, WeightsFormat } from "./weights/stored.ts";
export { describeVit, type VitDescription } from "./weights/vit/describe.ts";
export { loadVit, problemOf } from "./weights/vit/load.ts";
export { matchVit, type Match, type VitMatch, type VitShape } from "./weights/vit/match.ts";
export type { NameScheme } from "./weights/vit/names.ts";
export { resamplePositions } from "./weights/vit/positions.ts";
export { reportOf, type VitReport } from "./weights/vit/report.ts";
export { countParameters, type NdArray, type Weights } from "./weights/weights.ts";
