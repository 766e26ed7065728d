/** @file The public API of @mvt/mgn. Nothing else in this package can be imported. */

export { type AlternatingMgn, alternatingMgn, type AlternatingOptions } from "./alternate.ts";
export { collapse } from "./collapse.ts";
export { generatorConfig, type GeneratorConfig } from "./config.ts";
export {
  type ControlMaskName,
  controlMasks,
  type ControlMaskOptions,
  cornersMask,
  ellipseDistance,
  ellipseMask,
  randomMask,
  type RandomMaskOptions,
} from "./control-masks.ts";
export { decodeMgn, encodeMgn, type ExpectedMgn, type MgnFile } from "./file.ts";
export {
  maskedPatchCount,
  type MaskForm,
  maskForm,
  type MaskFormName,
  maskForms,
  shapeMask,
  topK,
  topKMask,
} from "./forms.ts";
export { declareGenerator, generateMask, type MaskGenerator } from "./generator.ts";
export {
  discriminatorLoss,
  type DiscriminatorLoss,
  generatorLoss,
  type GeneratorLoss,
  type GeneratorLossOptions,
  meanMask,
} from "./losses.ts";
export {
  collectMaskStatistics,
  type MaskStatistics,
  type MaskStatisticsCollector,
} from "./mask-statistics.ts";
export {
  applyMask,
  keepMask,
  maskedClassifierInput,
  maskedPatches,
  type MaskOptions,
  type MaskSpace,
  maskSpaces,
  polarities,
  type Polarity,
  type Stage,
} from "./masks.ts";
export {
  declareMgn,
  declareScopedGenerator,
  discriminatorScope,
  frozen,
  generatorScope,
  intoScope,
  type Mgn,
  outOfScope,
} from "./mgn.ts";
export { type MgnMonitor, monitorMgn, type MgnStatistics } from "./monitor.ts";
export {
  discriminatorProgram,
  generatorProgram,
  maskProgram,
  type MgnProgramOptions,
  passesPerImage,
} from "./programs.ts";
export { generatorFromClassifier, type StartingWeights } from "./starting-weights.ts";
