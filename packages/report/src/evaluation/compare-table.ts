/** @file Two runs on the same images: their metrics, the differences, and McNemar's test. */
import {
  dataCells,
  dataColumns,
  datasetColumn,
  estimateCell,
  list,
  number,
  text,
} from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import type { Appendix, Cells, Column, Table } from "../table.ts";
import type { Compared, Comparison } from "./compare.ts";
import {
  bootstrapLegend,
  type EvaluatedRun,
  resamplingCells,
  resamplingColumns,
} from "./evaluation-table.ts";

/** Throws a RangeError if the provenance does not describe the runs' data. */
export function compareTable(
  runs: readonly [EvaluatedRun, EvaluatedRun],
  comparison: Comparison,
  provenance: Provenance,
): Table {
  const [first, second] = runs;
  const { n, onlyFirst, onlySecond, p } = comparison;
  const { dataset, kind } = first;
  const about: Cells = {
    ...dataCells("compareTable", { dataset, kind }, provenance),
    n: number(n),
    ...resamplingCells(comparison),
    runs: list(runs.map(({ id }) => id)),
  };
  return {
    title: "Two runs on the same images",
    columns: [datasetColumn, ...columns, ...dataColumns],
    rows: metrics.map(({ key, title, of }) => ({
      dataset,
      cells: {
        ...about,
        title: text(title),
        measure: text(key),
        ...comparedCells(comparison[of], n),
        ...(key === "accuracy" ? agreementCells(comparison) : {}),
      },
    })),
    appendices: [agreementAppendix(comparison)],
    legend: [
      `A: run ${first.id}, ${first.title}, ${first.weights} weights.`,
      `B: run ${second.id}, ${second.title}, ${second.weights} weights.`,
      `${bootstrapLegend(comparison)} B − A is computed on the same resamples, in percentage points.`,
      "p: the p-value of McNemar's exact two-sided test. It is the probability of a split of the disagreements that is at least as uneven, if A and B were equally likely to be the correct one. It compares these two trained networks; other seeds may differ.",
    ],
    notes: [
      `Only A is correct on b = ${onlyFirst} images, only B on c = ${onlySecond}: p = ${twoDigits(p)}.`,
    ],
    provenance,
  };
}

/** `key`: in the CSV. */
const metrics = [
  { key: "accuracy", title: "Accuracy (%)", of: "accuracy" },
  { key: "mean_class_accuracy", title: "Mean class accuracy (%)", of: "meanClassAccuracy" },
  { key: "macro_f1", title: "Macro F1 (%)", of: "macroF1" },
] as const;

/** "0.047", "0.0026", "3.1e-9". */
function twoDigits(p: number): string {
  return String(Number(p.toPrecision(2)));
}

function comparedCells({ first, second, difference }: Compared, images: number): Cells {
  return {
    a: estimateCell(first, images),
    b: estimateCell(second, images),
    difference: { kind: "estimate", ...difference, images, signed: true },
  };
}

/** In the row of the accuracy, to which they belong. */
function agreementCells({ both, onlyFirst, onlySecond, neither, p }: Comparison): Cells {
  return {
    both_right: number(both),
    only_a_right: number(onlyFirst),
    only_b_right: number(onlySecond),
    neither_right: number(neither),
    p: number(Number(p.toPrecision(10))), // its sum is accurate to eleven digits
  };
}

function agreementAppendix({ both, onlyFirst, onlySecond, neither }: Comparison): Appendix {
  return {
    heading: "Images by which run is correct",
    columns: [
      { key: "title", title: "", kind: "text" },
      { key: "right", title: "B correct", kind: "number" },
      { key: "wrong", title: "B wrong", kind: "number" },
    ],
    rows: [
      { title: text("A correct"), right: number(both), wrong: number(onlyFirst) },
      { title: text("A wrong"), right: number(onlySecond), wrong: number(neither) },
    ],
  };
}

const columns: readonly Column[] = [
  { key: "title", title: "Metric", kind: "text", only: "markdown" },
  { key: "measure", title: "Metric", kind: "text", only: "csv" },
  { key: "a", title: "A", kind: "estimate" },
  { key: "b", title: "B", kind: "estimate" },
  { key: "difference", title: "B − A", kind: "estimate" },
  { key: "n", title: "Images", kind: "number", only: "csv" },
  { key: "both_right", title: "Both correct", kind: "number", only: "csv" },
  { key: "only_a_right", title: "Only A correct (b)", kind: "number", only: "csv" },
  { key: "only_b_right", title: "Only B correct (c)", kind: "number", only: "csv" },
  { key: "neither_right", title: "Neither correct", kind: "number", only: "csv" },
  { key: "p", title: "p", kind: "number", only: "csv" },
  ...resamplingColumns,
];
