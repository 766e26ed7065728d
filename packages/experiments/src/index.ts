/** @file The library of @mvt/experiments; its command line is in @mvt/experiments/cli. */

export { backendOfEngine, type EngineSpec, openBackend } from "./engine/engine.ts";
export { openTfjsLibrary } from "./engine/tfjs.ts";
export { exportProgram } from "./export/export-program.ts";
export { openModel } from "./predict/open-model.ts";
export { describeMachine, describeProvenance, sourceVersion } from "./runs/provenance.ts";
export { count, estimate, estimateFacts } from "./runs/fact-shapes.ts";
export { runFacts, type RunFacts, runShowJson, runsListJson, runStates } from "./runs/run-facts.ts";
export { numerics } from "./settings/numerics.ts";
export { type Recipe, type RecipeName, recipeNames, recipes } from "./settings/recipes.ts";
export { canonicalJson, type RunConfig, runId } from "./settings/run-config.ts";
export { type Scale, type ScaleName, scaleNames, scales } from "./settings/scales.ts";
export { settingVariants } from "./settings/setting-lists.ts";
export type { SettingChanges, SettingPath } from "./settings/setting-paths.ts";
export { override, settingPaths, settings } from "./settings/training.ts";
export {
  defineTable,
  type TableColumn,
  type TableDefinition,
  type TableRow,
  type TableRun,
} from "./studies/own-tables/definition.ts";
export { microBatchCount } from "./training/micro-batches.ts";
export { evaluationBatchSize } from "./training/predict.ts";
export {
  type Classifier,
  declareClassifier,
  evaluationProgram,
  trainingProgram,
} from "./training/programs.ts";
export { noiseOf, openStep, type OpenStep, timeSteps } from "./training/throughput.ts";
