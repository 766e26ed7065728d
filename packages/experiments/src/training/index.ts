/** @file The public API of @mvt/experiments/training: data, configurations and the training loop, for other programs. */

export {
  type PreparedData,
  prepareData,
  type PrepareOptions,
  type Subset,
  type TrainingData,
} from "../data/prepared.ts";
export { classifierConfig, type ClassifierOptions, relabelConfig } from "../runs/configure.ts";
export { readMgn } from "../runs/mgn-file.ts";
export type { ClassifierResult, EpochMetrics, MgnMetrics, MgnResult } from "../runs/result.ts";
export { openRun, type RunFile, type RunFolder } from "../runs/run-folder.ts";
export {
  type ClassifierConfig,
  type MgnConfig,
  type RelabelConfig,
  type RunConfig,
  runId,
} from "../settings/run-config.ts";
export { type Scale, type ScaleName, scaleNames, scales } from "../settings/scales.ts";
export type { MgnTrainingConfig, TrainingConfig } from "../settings/training.ts";
export type { CheckpointPolicy } from "./checkpoint-policy.ts";
export { type ClassifierTraining, trainClassifier } from "./classifier.ts";
export type { TrainingContext } from "./epoch-loop.ts";
export { type MgnTraining, trainMgn } from "./mask-generator.ts";
export { train, type TrainOptions } from "./train.ts";
