/** @file The metrics of one run as a table, with the confusion matrix below. */
import { percent } from "@mvt/common";
import {
  dataCells,
  dataColumns,
  datasetColumn,
  estimateCell,
  list,
  number,
  text,
} from "../columns.ts";
import type { DataKind, Provenance } from "../provenance.ts";
import type { Estimate } from "../statistics.ts";
import type { Appendix, Cells, Column, Table } from "../table.ts";
import type { Resampling } from "./bootstrap.ts";
import type { Evaluation } from "./evaluate.ts";

/** A run whose predictions are evaluated, as reports name it. */
export interface EvaluatedRun {
  /** The run's folder under runs/. */
  readonly id: string;
  /** "RAF-DB, linear, seed 0". */
  readonly title: string;
  /** The title of the data set, as in the provenance. */
  readonly dataset: string;
  readonly kind: DataKind;
  /** "test". */
  readonly split: string;
  /** Which of its weights made the predictions: "validation-best". */
  readonly weights: string;
}

/** Throws a RangeError if the provenance does not describe the run's data. */
export function evaluationTable(
  run: EvaluatedRun,
  evaluation: Evaluation,
  provenance: Provenance,
): Table {
  const about = runCells("evaluationTable", run, evaluation, provenance);
  const rows = metricRows(evaluation).map((cells) => ({
    dataset: run.dataset,
    cells: { ...about, ...cells },
  }));
  return {
    title: titleOf(run),
    columns: [datasetColumn, ...metricColumns, ...runColumns],
    rows,
    appendices: [confusionAppendix(evaluation)],
    legend: [
      bootstrapLegend(evaluation),
      "Mean class accuracy: the mean of the class accuracies, with the same weight for every class.",
      "F1: 2 TP / (2 TP + FP + FN) of a class. Macro F1: its mean over classes. A class that neither occurs nor is predicted has none.",
    ],
    notes: smallClassNotes(evaluation),
    provenance,
  };
}

/** The confusion matrix, one row per cell, for its CSV. */
export function confusionTable(
  run: EvaluatedRun,
  evaluation: Evaluation,
  provenance: Provenance,
): Table {
  const about = runCells("confusionTable", run, evaluation, provenance);
  const { classes, confusion, n } = evaluation;
  const rows = confusion.flatMap((row, i) =>
    row.map(({ count, fraction }, j) => ({
      dataset: run.dataset,
      cells: {
        ...about,
        truth: text(classes[i]!.name),
        predicted: text(classes[j]!.name),
        share: estimateCell(fraction, n),
        ...countCells(count, classes[i]!.n),
      },
    })),
  );
  return {
    title: `${titleOf(run)}: confusion matrix`,
    columns: [
      datasetColumn,
      { key: "truth", title: "True", kind: "text" },
      { key: "predicted", title: "Predicted", kind: "text" },
      { key: "share", title: "Of the true class (%)", kind: "estimate" },
      { key: "k", title: "Images", kind: "number" },
      { key: "n", title: "Of", kind: "number" },
      ...runColumns,
    ],
    rows,
    legend: [bootstrapLegend(evaluation)],
    notes: [],
    provenance,
  };
}

function titleOf({ title, split, weights }: EvaluatedRun): string {
  return `Evaluation of ${title}: ${weights} weights, ${split} images`;
}

function metricRows({ k, n, classes, ...overall }: Evaluation): readonly Cells[] {
  const row = (metric: Metric, value: Estimate | undefined, more: Cells): Cells => ({
    title: text(titles[metric]),
    measure: text(metric),
    value: estimateCell(value, n),
    ...more,
  });
  const classRows = (metric: Metric, value: (i: number) => Estimate | undefined) =>
    classes.map(({ name, ...own }, i) =>
      row(metric, value(i), {
        class: text(name),
        ...(metric === "class_accuracy" ? countCells(own.k, own.n) : {}),
      }),
    );
  return [
    row("accuracy", overall.accuracy, countCells(k, n)),
    row("mean_class_accuracy", overall.meanClassAccuracy, {}),
    row("macro_f1", overall.macroF1, {}),
    ...classRows("class_accuracy", (i) => overall.confusion[i]![i]!.fraction),
    ...classRows("f1", (i) => classes[i]!.f1),
  ];
}

/** In the CSV by key. */
const titles = {
  accuracy: "Accuracy",
  mean_class_accuracy: "Mean class accuracy",
  macro_f1: "Macro F1",
  class_accuracy: "Class accuracy",
  f1: "F1",
} as const;

type Metric = keyof typeof titles;

/** "90 (85.7 %)": images, and their percentage of the row. */
function confusionAppendix({ classes, confusion }: Evaluation): Appendix {
  return {
    heading: "Confusion matrix",
    text: "Rows are true classes, columns are predicted classes. A cell shows the number of images and their percentage of the row.",
    columns: [
      { key: "truth", title: "True", kind: "text" },
      ...classes.map(({ name }) => ({ key: `to ${name}`, title: name, kind: "text" as const })),
    ],
    rows: confusion.map((row, i) => ({
      truth: text(classes[i]!.name),
      ...Object.fromEntries(
        row.map(({ count, fraction }, j) => {
          const ofRow = fraction === undefined ? "–" : `${percent(fraction.value)} %`;
          return [`to ${classes[j]!.name}`, text(`${count} (${ofRow})`)];
        }),
      ),
    })),
  };
}

/** With fewer images than this, the interval of a class is unreliable: resamples hold only what was seen. */
const fewImages = 30;

function smallClassNotes({ classes }: Evaluation): readonly string[] {
  const small = classes.filter(({ n }) => n < fewImages).map(({ name, n }) => `${name} (${n})`);
  return small.length === 0
    ? []
    : [
        `Fewer than ${fewImages} images: ${small.join(", ")}. The intervals of such a class, and of means that include it, are too narrow.`,
      ];
}

function runCells(
  table: string,
  { id, dataset, kind, split, weights }: EvaluatedRun,
  evaluation: Evaluation,
  provenance: Provenance,
): Cells {
  return {
    ...dataCells(table, { dataset, kind }, provenance),
    split: text(split),
    weights: text(weights),
    ...resamplingCells(evaluation),
    runs: list([id]),
  };
}

function countCells(k: number, n: number): Cells {
  return { counts: text(`${k}/${n}`), k: number(k), n: number(n) };
}

/** How the intervals of a report were computed. */
export function bootstrapLegend({ resamples, stratified }: Resampling): string {
  const drawn = stratified
    ? "drawn with replacement within each true class (stratified)"
    : "drawn with replacement from all images (not stratified by class)";
  return `In brackets: the 95 % percentile interval of ${resamples} bootstrap resamples of the images, ${drawn}. It shows the variation with other test images, not with other seeds.`;
}

export function resamplingCells({ resamples, stratified }: Resampling): Cells {
  return { resamples: number(resamples), stratified: text(String(stratified)) };
}

export const resamplingColumns: readonly Column[] = [
  { key: "resamples", title: "Resamples", kind: "number", only: "csv" },
  { key: "stratified", title: "Stratified", kind: "text", only: "csv" },
];

const metricColumns: readonly Column[] = [
  { key: "title", title: "Metric", kind: "text", only: "markdown" },
  { key: "measure", title: "Metric", kind: "text", only: "csv" },
  { key: "class", title: "Class", kind: "text" },
  { key: "value", title: "Value (%)", kind: "estimate" },
  { key: "counts", title: "Correct", kind: "text", only: "markdown" },
  { key: "k", title: "k", kind: "number", only: "csv" },
  { key: "n", title: "n", kind: "number", only: "csv" },
];

const runColumns: readonly Column[] = [
  { key: "split", title: "Split", kind: "text", only: "csv" },
  { key: "weights", title: "Weights", kind: "text", only: "csv" },
  ...resamplingColumns,
  ...dataColumns,
];
