/** @file Several runs on the same images, each compared with the first: McNemar's test, corrected for their number. */
import {
  dataCells,
  dataColumns,
  datasetColumn,
  estimateCell,
  list,
  number,
  text,
} from "../columns.ts";
import { holm } from "../paired-tests.ts";
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import type { Compared, Comparison } from "./compare.ts";
import {
  bootstrapLegend,
  type EvaluatedRun,
  resamplingCells,
  resamplingColumns,
} from "./evaluation-table.ts";

/** A run and how it compares with the first one. */
export interface ComparedRun {
  readonly run: EvaluatedRun;
  readonly comparison: Comparison;
}

/**
 * One row for the first run and one for each other, with its differences from the first.
 * Throws a RangeError if there is no other run, or if the provenance does not describe the runs' data.
 */
export function compareSeveralTable(
  first: EvaluatedRun,
  others: readonly ComparedRun[],
  provenance: Provenance,
): Table {
  const [one] = others;
  if (one === undefined) {
    throw new RangeError("compareSeveralTable: expected runs to compare with the first, got none");
  }
  const { n } = one.comparison;
  const about: Cells = {
    ...dataCells("compareSeveralTable", first, provenance),
    n: number(n),
    ...resamplingCells(one.comparison),
  };
  const row = (name: string, { id }: EvaluatedRun, cells: Cells) => ({
    dataset: first.dataset,
    cells: { ...about, run: text(name), runs: list([id]), ...cells },
  });
  const corrected = holm(others.map(({ comparison }) => comparison.p));
  return {
    title: `${others.length + 1} runs on the same images`,
    columns: [datasetColumn, ...columns, ...dataColumns],
    rows: [
      row(nameOf(0), first, metricCells(one.comparison, "first", n)),
      ...others.map(({ run, comparison }, i) =>
        row(nameOf(i + 1), run, {
          ...metricCells(comparison, "second", n),
          difference: {
            kind: "estimate",
            ...comparison.accuracy.difference,
            images: n,
            signed: true,
          },
          only_first_right: number(comparison.onlyFirst),
          only_this_right: number(comparison.onlySecond),
          p_shown: text(twoDigits(comparison.p)),
          p_holm_shown: text(twoDigits(corrected[i]!)),
          p: exactly(comparison.p),
          p_holm: exactly(corrected[i]!),
        }),
      ),
    ],
    legend: [
      ...[first, ...others.map(({ run }) => run)].map(
        ({ id, title, weights }, i) => `${nameOf(i)}: run ${id}, ${title}, ${weights} weights.`,
      ),
      `${bootstrapLegend(one.comparison)} Minus A is the difference of the accuracies, computed on the same resamples, in percentage points.`,
      "Only A, only this: images on which A alone, and this run alone, is correct.",
      `p: the p-value of McNemar's exact two-sided test against A. Corrected: by Holm's method for ${others.length} comparisons. Both compare these trained networks; other seeds may differ.`,
    ],
    notes: [],
    provenance,
  };
}

/** "A" to "Z", then "run 27". */
function nameOf(index: number): string {
  return index < 26 ? String.fromCodePoint(65 + index) : `run ${index + 1}`;
}

/** "0.047", "0.0026", "3.1e-9". */
function twoDigits(p: number): string {
  return String(Number(p.toPrecision(2)));
}

/** For the CSV: the sum behind p is accurate to eleven digits. */
const exactly = (p: number) => number(Number(p.toPrecision(10)));

function metricCells(comparison: Comparison, of: keyof Compared, images: number): Cells {
  return {
    accuracy: estimateCell(comparison.accuracy[of], images),
    mean_class_accuracy: estimateCell(comparison.meanClassAccuracy[of], images),
    macro_f1: estimateCell(comparison.macroF1[of], images),
  };
}

const columns: readonly Column[] = [
  { key: "run", title: "Run", kind: "text" },
  { key: "accuracy", title: "Accuracy (%)", kind: "estimate" },
  { key: "difference", title: "Minus A", kind: "estimate" },
  { key: "only_first_right", title: "Only A", kind: "number" },
  { key: "only_this_right", title: "Only this", kind: "number" },
  { key: "p_shown", title: "p", kind: "text", only: "markdown" },
  { key: "p_holm_shown", title: "p, corrected", kind: "text", only: "markdown" },
  { key: "p", title: "p", kind: "number", only: "csv" },
  { key: "p_holm", title: "p, corrected", kind: "number", only: "csv" },
  { key: "mean_class_accuracy", title: "Mean class accuracy (%)", kind: "estimate" },
  { key: "macro_f1", title: "Macro F1 (%)", kind: "estimate" },
  { key: "n", title: "Images", kind: "number", only: "csv" },
  ...resamplingColumns,
];
