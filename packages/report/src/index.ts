/** @file The public API of @mvt/report. Nothing else in this package can be imported. */

export { accuracy, type Accuracy, type RunCount } from "./accuracy.ts";
export { toCsv } from "./csv.ts";
export type { Answers } from "./evaluation/answers.ts";
export {
  bootstrapIntervals,
  type BootstrapOptions,
  defaultResamples,
  type Resampling,
} from "./evaluation/bootstrap.ts";
export { compare, type Compared, type Comparison } from "./evaluation/compare.ts";
export { confusionMatrix } from "./evaluation/confusion.ts";
export type { Estimate } from "./evaluation/estimate.ts";
export {
  type ClassEvaluation,
  type ConfusionCell,
  evaluate,
  type Evaluation,
} from "./evaluation/evaluate.ts";
export { mcnemarExact } from "./evaluation/mcnemar.ts";
export type { AccuracyCurve, Convergence } from "./figures/convergence-panel.ts";
export { figure2, type Figure2 } from "./figures/figure2.ts";
export { figure5, type Figure5 } from "./figures/figure5.ts";
export { figure6, type ConfusionMatrix } from "./figures/figure6.ts";
export { growthFigure } from "./figures/growth-figure.ts";
export { svgToPng } from "./figures/png.ts";
export type { ThresholdCurve } from "./figures/threshold-panel.ts";
export { toMarkdown, toText } from "./markdown.ts";
export { measure, type Measure } from "./measure.ts";
export * as paper from "./paper/index.ts";
export type { DataDescription, DataKind, Machine, Provenance } from "./provenance.ts";
export { type Growth, type GrowthPoint, type PowerLaw, powerLaw } from "./speed/growth.ts";
export type { SpeedReport, SpeedSetting, TimedProduct } from "./speed/speed-report.ts";
export { memoryRatio, type Ratio, speedRatio, type Timing } from "./speed/timing.ts";
export { standardDeviation, wilsonInterval, type Interval } from "./statistics.ts";
export type { Appendix, Cell, Column, Row, Share, Table } from "./table.ts";
export { type ClutterMask, type ClutterRow, clutterTable } from "./tables/clutter-table.ts";
export { compareTable } from "./tables/compare-table.ts";
export type { EvaluatedRun } from "./tables/evaluated-run.ts";
export { confusionTable, evaluationTable } from "./tables/evaluation-table.ts";
export {
  masksTable,
  type MaskMeasures,
  type MaskSource,
  type MasksRow,
  type MasksRun,
} from "./tables/masks-table.ts";
export { speedMeasurements, speedTable } from "./tables/speed-table.ts";
export { table1, type Table1Row } from "./tables/table1.ts";
export { table2 } from "./tables/table2.ts";
export type { RelabelOutcome, Table2Row, Table2Run } from "./tables/table2-row.ts";
export { table3, type Table3Row } from "./tables/table3.ts";
export { table4, type Table4Row } from "./tables/table4.ts";
export { type SubsetRun, table5, type Table5Row } from "./tables/table5.ts";
export type { EpochCount, Selection, TestedRow, TestedRun } from "./tested-run.ts";
export type { ThresholdLabel } from "./threshold-label.ts";
