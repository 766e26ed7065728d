/**
 * @file What reports share. Each table and figure is a module of its own: `@mvt/report/tables/table1`,
 * `@mvt/report/figures/figure2`.
 */

export { accuracy, type Accuracy, type Count, type EpochCount, type RunCount } from "./accuracy.ts";
export { toCsv } from "./csv.ts";
export {
  type BootstrapOptions,
  defaultResamples,
  type Resampling,
} from "./evaluation/bootstrap.ts";
export { compare, type Compared, type Comparison, mcnemarExact } from "./evaluation/compare.ts";
export { compareSeveralTable, type ComparedRun } from "./evaluation/compare-several-table.ts";
export { compareTable } from "./evaluation/compare-table.ts";
export {
  type MeasuredPeer,
  measurePeers,
  type PeerPredictions,
  peersTable,
} from "./evaluation/peers-table.ts";
export {
  type ClassEvaluation,
  type ConfusionCell,
  evaluate,
  type Evaluation,
} from "./evaluation/evaluate.ts";
export {
  confusionTable,
  type EvaluatedRun,
  evaluationTable,
} from "./evaluation/evaluation-table.ts";
export {
  type ChangedLabels,
  type FlowCell,
  type LabelFlow,
  labelFlow,
} from "./evaluation/label-flow.ts";
export {
  labelFlowTable,
  type LabelReport,
  labelsTable,
  type RankedImage,
  type ScoreColumn,
  type ScoreSource,
} from "./evaluation/labels-table.ts";
export { meanRecall } from "./evaluation/metrics.ts";
export { confusionMatrix, type LabelledPredictions } from "./evaluation/predictions.ts";
export { type RankingQuality, rankingQuality } from "./evaluation/ranking.ts";
export type { AccuracyCurve, Convergence } from "./figures/figure5-convergence.ts";
export type { ThresholdCurve } from "./figures/figure5-thresholds.ts";
export { svgToPng } from "./figures/png.ts";
export { escapeLatex, latexPackages, toLatex } from "./latex.ts";
export { toMarkdown, toText } from "./markdown.ts";
export { holm, mcnemarMidP, type PairedT, pairedT, studentP, tQuantile95 } from "./paired-tests.ts";
export type {
  DataDescription,
  DataKind,
  LabelNoise,
  Machine,
  Provenance,
  TrainedRuns,
} from "./provenance.ts";
export { type PowerLaw, powerLaw, type Scaling, type ScalingPoint } from "./speed/scaling.ts";
export { scalingFigure } from "./speed/scaling-figure.ts";
export type { SpeedReport, SpeedSetting, TimedProduct } from "./speed/speed-report.ts";
export { speedMeasurements, speedTable } from "./speed/speed-table.ts";
export {
  fastestSeconds,
  imagesPerSecond,
  medianSeconds,
  memoryRatio,
  type Ratio,
  speedRatio,
  type Timing,
} from "./speed/timing.ts";
export {
  type Estimate,
  type Interval,
  meanOverSeeds,
  type ValuesBySeed,
  valuesBySeed,
  wilsonInterval,
} from "./statistics.ts";
export type { Appendix, Cell, Column, Row, Table } from "./table.ts";
export type { ThresholdLabel } from "./tables/configuration.ts";
export { type PaperTable, type BibliographyNumber, bibliography } from "./tables/paper.ts";
export {
  type Selection,
  selections,
  type TestedRow,
  type TestedRun,
} from "./tables/tested-runs.ts";
