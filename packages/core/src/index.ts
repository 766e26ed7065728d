/** @file The public API of @mvt/core; for browsers there is @mvt/core/portable. */

export { gradients } from "./autodiff/gradients.ts";
export { type Adapter, adapterIn, findAdapter } from "./backends/onnx/adapter.ts";
export { onnxBackend } from "./backends/onnx/backend.ts";
export { missingCuda } from "./backends/onnx/cuda-device.ts";
export { DeviceError } from "./backends/onnx/device-error.ts";
export { operatorsOnHost } from "./backends/onnx/placement.ts";
export { type ProfiledKernel, profileKernels } from "./backends/onnx/profile.ts";
export { type OnnxDevice, onnxDevices, type OnnxOptions } from "./backends/onnx/options.ts";
export { tfjsBackend } from "./backends/tfjs/backend.ts";
export { TfjsError, type TfjsOptions } from "./backends/tfjs/options.ts";
export {
  findTfjsPackage,
  type FoundPackage,
  type TfjsEngine,
  tfjsEngines,
} from "./backends/tfjs/packages.ts";
export {
  type Backbone,
  type BackboneConfig,
  backboneNames,
  type BackboneName,
  backboneOf,
  backbones,
  declareNetwork,
  defaultBackbone,
  describeNetwork,
  type NetworkConfig,
  type NetworkDescription,
  traceNetwork,
  withBackbone,
} from "./backbones/backbones.ts";
export { reportOf, type VitReport } from "./backbones/report.ts";
export * as deit from "./deit/index.ts";
export * as nn from "./nn/index.ts";
export * as ops from "./ops/index.ts";
export { adamw, type AdamWOptions } from "./optim/adamw.ts";
export { averagesOf, withAverage, withStartingAverages } from "./optim/average.ts";
export { clipByGlobalNorm } from "./optim/clip.ts";
export { layerDecay, type Rates, withRates } from "./optim/layer-decay.ts";
export type { LossScaling } from "./optim/loss-scale.ts";
export { minimize, type Objective } from "./optim/minimize.ts";
export {
  decaysMatrices,
  type GradientStep,
  type Optimizer,
  optimizerStateName,
  type OptimizerUpdate,
} from "./optim/optimizer.ts";
export {
  createOptimizer,
  type OptimizerChoice,
  type OptimizerName,
  optimizerNames,
  type OptimizerOptions,
  optimizers,
  type OptimizerSettings,
} from "./optim/optimizers.ts";
export { compileStep, type SamOptions, sharpnessAware } from "./optim/sam.ts";
export { cosine, exponential, type Schedule, withWarmup } from "./optim/schedule.ts";
export { sgd, type SgdOptions } from "./optim/sgd.ts";
export { fadePatches } from "./images/fade-patches.ts";
export { heatColour, heatPixels } from "./images/heat.ts";
export { fromCmyk } from "./images/cmyk.ts";
export { resizeBilinear } from "./images/resize.ts";
export {
  describeModel,
  type MaskDescription,
  type ModelDescription,
  preprocessingOf,
  type Preprocessing,
} from "./portable/description.ts";
export {
  explanationAbouts,
  type ExplanationName,
  explanationNames,
} from "./portable/explanation-names.ts";
export { loadMvt, type LoadOptions } from "./portable/load.ts";
export type { Mvt, Prediction } from "./portable/model.ts";
export { predictionRows } from "./portable/prediction-rows.ts";
export { maskPixels, type DecodedImage, resizeImage } from "./portable/image.ts";
export { type StoragePrecision, storagePrecisions } from "./portable/storage-precision.ts";
export {
  divideBatch,
  type DividedBatch,
  type MicroBatches,
  microBatchesOf,
} from "./program/micro-batches.ts";
export {
  type Backend,
  type Executable,
  type Feed,
  type Feeds,
  type GradientUpdate,
  inputOf,
  type MultiStep,
  type Program,
  type Results,
  type StateSlot,
} from "./program/program.ts";
export { inHalfPrecision } from "./program/half-precision.ts";
export { type Printable, printProgram } from "./program/print.ts";
export { simplify } from "./program/simplify.ts";
export * as random from "./random.ts";
export {
  dims,
  type DType,
  formatShape,
  sameShape,
  type Shape,
  ShapeError,
  sizeOf,
  type Tensor,
} from "./tensor.ts";
export { WeightsError } from "./weights/error.ts";
export type { ReadBeside } from "./weights/beside.ts";
export { openWeights, type OpenOptions } from "./weights/open.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  mostForeignHeader,
  safetensorsParts,
  type Safetensors,
} from "./weights/safetensors.ts";
export type { StoredArray, WeightsFile, WeightsFormat } from "./weights/stored.ts";
export { isHead, mayStartAnew } from "./weights/vit/assign.ts";
export type { Match, VitMatch } from "./weights/vit/match.ts";
export type { NameScheme } from "./weights/vit/names.ts";
export {
  forImagenetPixels,
  inputNormalizations,
  type InputNormalizationName,
} from "./weights/vit/normalization.ts";
export { resamplePositions } from "./weights/vit/positions.ts";
export { countParameters, type NdArray, type Weights } from "./weights/weights.ts";
