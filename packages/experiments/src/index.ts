/** @file The library of @mvt/experiments. Its command line is in @mvt/experiments/cli. */

export { canonicalJson, type RunConfig, runId } from "./config.ts";
export { backendOfEngine, type EngineSpec, openBackend } from "./engine.ts";
export { isMendable } from "./errors.ts";
export { exportProgram } from "./export/export-program.ts";
export { openModel } from "./predict/open-model.ts";
export { describeMachine, sourceVersion } from "./runs/provenance.ts";
export { type Scale, type ScaleName, scaleNames, scales } from "./scales.ts";
export { openTfjsLibrary } from "./tfjs-engine.ts";
export { evaluationBatchSize } from "./training/evaluation.ts";
export { partsOf } from "./training/parts.ts";
export {
  type Classifier,
  declareClassifier,
  evaluationProgram,
  trainingProgram,
} from "./training/programs.ts";
export { noiseOf, openStep, type Step, timeSteps } from "./training/throughput.ts";
export { UsageError } from "./usage-error.ts";
