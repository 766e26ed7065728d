/** @file The public API of @mvt/report. Nothing else in this package can be imported. */

export { accuracy, type Accuracy, type RunCount } from "./accuracy.ts";
export { toCsv } from "./csv.ts";
export { toMarkdown } from "./markdown.ts";
export * as paper from "./paper/index.ts";
export type { DataDescription, DataKind, Machine, Provenance } from "./provenance.ts";
export { standardDeviation, wilsonInterval, type Interval } from "./statistics.ts";
export type { Cell, Column, Row, Share, Table } from "./table.ts";
export { table2 } from "./table2.ts";
export type {
  EpochCount,
  RelabelOutcome,
  Selection,
  Table2Row,
  Table2Run,
  ThresholdLabel,
} from "./table2-row.ts";
