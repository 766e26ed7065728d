/**
 * @file Two runs on the same images: measures side by side, and McNemar's test.
 */
import type { Compared, Comparison } from "../evaluation/compare.ts";
import type { Provenance } from "../provenance.ts";
import type { Appendix, Cells, Column, Table } from "../table.ts";
import { estimateCell, number, text } from "./cells.ts";
import { dataCells, dataColumns, datasetColumn } from "./data-cells.ts";
import {
  bootstrapLegend,
  type EvaluatedRun,
  resamplingCells,
  resamplingColumns,
} from "./evaluated-run.ts";

/** Throws a RangeError where the provenance does not describe the runs' data. */
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
    runs: { kind: "list", values: runs.map(({ id }) => id) },
  };
  return {
    title: "Two runs on the same images",
    columns: [datasetColumn, ...columns, ...dataColumns],
    rows: measures.map(([key, title]) => ({
      dataset,
      cells: {
        ...about,
        title: text(title),
        measure: text(key),
        ...comparedCells(comparison[keys[key]], n),
        ...(key === "accuracy" ? agreementCells(comparison) : {}),
      },
    })),
    appendices: [agreementAppendix(comparison)],
    legend: [
      `A: run ${first.id}, ${first.title}, ${first.weights} weights.`,
      `B: run ${second.id}, ${second.title}, ${second.weights} weights.`,
      `${bootstrapLegend(comparison)} B − A is taken on the same resamples, and is in percentage points.`,
      "p: how probable a split of these images between A and B is that is at least as uneven, if each went to either like a coin (McNemar's exact test, two-sided). It speaks of these two trained networks, not of what other seeds would give.",
    ],
    notes: [
      `A alone is right on b = ${onlyFirst} images, B alone on c = ${onlySecond}: p = ${printedP(p)}.`,
    ],
    provenance,
  };
}

const measures = [
  ["accuracy", "Accuracy (%)"],
  ["mean_class_accuracy", "Mean class accuracy (%)"],
  ["macro_f1", "Macro F1 (%)"],
] as const;

const keys = {
  accuracy: "accuracy",
  mean_class_accuracy: "meanClassAccuracy",
  macro_f1: "macroF1",
} as const;

/** "0.047", "0.0026", "3.1e-9": two figures. */
function printedP(p: number): string {
  return String(Number(p.toPrecision(2)));
}

function comparedCells({ first, second, difference }: Compared, images: number): Cells {
  return {
    a: estimateCell(first, images),
    b: estimateCell(second, images),
    difference: { ...estimateCell(difference, images), signed: true },
  };
}

/** In the row of the accuracy, which they belong to. */
function agreementCells({ both, onlyFirst, onlySecond, neither, p }: Comparison): Cells {
  return {
    both_right: number(both),
    only_a_right: number(onlyFirst),
    only_b_right: number(onlySecond),
    neither_right: number(neither),
    p: number(Number(p.toPrecision(10))), // its sum is good to eleven figures
  };
}

function agreementAppendix({ both, onlyFirst, onlySecond, neither }: Comparison): Appendix {
  return {
    heading: "Images by who is right",
    columns: [
      { key: "title", title: "", kind: "text" },
      { key: "right", title: "B right", kind: "number" },
      { key: "wrong", title: "B wrong", kind: "number" },
    ],
    rows: [
      { title: text("A right"), right: number(both), wrong: number(onlyFirst) },
      { title: text("A wrong"), right: number(onlySecond), wrong: number(neither) },
    ],
  };
}

const columns: readonly Column[] = [
  { key: "title", title: "Measure", kind: "text", only: "markdown" },
  { key: "measure", title: "Measure", kind: "text", only: "csv" },
  { key: "a", title: "A", kind: "estimate" },
  { key: "b", title: "B", kind: "estimate" },
  { key: "difference", title: "B − A", kind: "estimate" },
  { key: "n", title: "Images", kind: "number", only: "csv" },
  { key: "both_right", title: "Both right", kind: "number", only: "csv" },
  { key: "only_a_right", title: "Only A right (b)", kind: "number", only: "csv" },
  { key: "only_b_right", title: "Only B right (c)", kind: "number", only: "csv" },
  { key: "neither_right", title: "Neither right", kind: "number", only: "csv" },
  { key: "p", title: "p", kind: "number", only: "csv" },
  ...resamplingColumns,
];
