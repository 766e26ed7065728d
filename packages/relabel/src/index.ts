/** @file The public API of @mvt/relabel. Nothing else in this package can be imported. */

export { type BuiltInName, thresholds } from "./built-in.ts";
export { cutOff, type DecideOptions, decide, type Decision } from "./decide.ts";
export { exampleContexts, neutralContext } from "./example-contexts.ts";
export {
  averageDecay,
  type HistoryArray,
  type HistoryOf,
  type LabelScores,
  TrainingHistory,
} from "./history.ts";
export { thresholdFingerprint, instantiate } from "./instantiate.ts";
export type { LabelChange } from "./ledger-lines.ts";
export { LabelLedger, type LedgerData, type SampleDecision } from "./ledger.ts";
export { absoluteThresholdSpec, loadThreshold } from "./load-threshold.ts";
export { type LabelSets, relabelQuality, type RelabelQuality, type Share } from "./quality.ts";
export {
  createRelabeller,
  policyDefaults,
  type PredictionSource,
  predictionSources,
  type Reference,
  references,
  type Relabeller,
  type RelabelPolicy,
} from "./relabeller.ts";
export {
  logMargin,
  normalizedMargin,
  type RankingScore,
  type RankingScoreName,
  rankingScoreNames,
  rankingScores,
  selfConfidence,
} from "./scores.ts";
export {
  defineThreshold,
  type Parameter,
  type Threshold,
  type ThresholdContext,
  type ThresholdDefinition,
} from "./threshold.ts";
export { parseThresholdSpec, type ThresholdSpec } from "./threshold-spec.ts";
