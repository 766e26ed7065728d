/**
 * @file One run's measures, with the confusion matrix below.
 */
import type { Estimate } from "../evaluation/estimate.ts";
import type { Evaluation } from "../evaluation/evaluate.ts";
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

/** Throws a RangeError where the provenance does not describe the run's data. */
export function evaluationTable(
  run: EvaluatedRun,
  evaluation: Evaluation,
  provenance: Provenance,
): Table {
  const about = runCells("evaluationTable", run, evaluation, provenance);
  const rows = measureRows(evaluation).map((cells) => ({
    dataset: run.dataset,
    cells: { ...about, ...cells },
  }));
  return {
    title: titleOf(run),
    columns: [datasetColumn, ...measureColumns, ...runColumns],
    rows,
    appendices: [confusionAppendix(evaluation)],
    legend: [
      bootstrapLegend(evaluation),
      "Mean class accuracy: the mean of the class accuracies, each class counting the same.",
      "F1: 2 TP / (2 TP + FP + FN) of a class. Macro F1: its mean over classes. A class that neither occurs nor is answered has none.",
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
    row.map(({ count, share }, j) => ({
      dataset: run.dataset,
      cells: {
        ...about,
        truth: text(classes[i]!.name),
        predicted: text(classes[j]!.name),
        ...definedCell("share", share, n),
        ...counts(count, classes[i]!.n),
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

function measureRows({ k, n, classes, ...overall }: Evaluation): readonly Cells[] {
  const row = (measure: Measure, value: Estimate | undefined, more: Cells): Cells => ({
    title: text(titles[measure]),
    measure: text(measure),
    ...definedCell("value", value, n),
    ...more,
  });
  const classRows = (measure: Measure, value: (i: number) => Estimate | undefined) =>
    classes.map(({ name, ...own }, i) =>
      row(measure, value(i), {
        class: text(name),
        ...(measure === "class_accuracy" ? counts(own.k, own.n) : {}),
      }),
    );
  return [
    row("accuracy", overall.accuracy, counts(k, n)),
    row("mean_class_accuracy", overall.meanClassAccuracy, {}),
    row("macro_f1", overall.macroF1, {}),
    ...classRows("class_accuracy", (i) => overall.confusion[i]![i]!.share),
    ...classRows("f1", (i) => classes[i]!.f1),
  ];
}

const titles = {
  accuracy: "Accuracy",
  mean_class_accuracy: "Mean class accuracy",
  macro_f1: "Macro F1",
  class_accuracy: "Class accuracy",
  f1: "F1",
} as const;

type Measure = keyof typeof titles;

/** "90 (85.7 %)": images, and their share of the row. */
function confusionAppendix({ classes, confusion }: Evaluation): Appendix {
  return {
    heading: "Confusion matrix",
    text: "Rows are true classes, columns answers. In each cell: images, and their share of the row.",
    columns: [
      { key: "truth", title: "True", kind: "text" },
      ...classes.map(({ name }) => ({ key: `to ${name}`, title: name, kind: "text" as const })),
    ],
    rows: confusion.map((row, i) => ({
      truth: text(classes[i]!.name),
      ...Object.fromEntries(
        row.map(({ count, share }, j) => {
          const percent = share === undefined ? "–" : `${(100 * share.value).toFixed(1)} %`;
          return [`to ${classes[j]!.name}`, text(`${count} (${percent})`)];
        }),
      ),
    })),
  };
}

/** Below this an interval of a class is hardly one: with k of n right it can not go beyond what k saw. */
const fewImages = 30;

function smallClassNotes({ classes }: Evaluation): readonly string[] {
  const small = classes.filter(({ n }) => n < fewImages).map(({ name, n }) => `${name} (${n})`);
  return small.length === 0
    ? []
    : [
        `Fewer than ${fewImages} images: ${small.join(", ")}. Intervals of such a class, and of the means that it enters, are too narrow.`,
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
    runs: { kind: "list", values: [id] },
  };
}

function counts(k: number, n: number): Cells {
  return {
    counts: text(`${k}/${n}`),
    k: number(k),
    n: number(n),
  };
}

/** No cell for a measure that is not defined. */
function definedCell(key: string, value: Estimate | undefined, images: number): Cells {
  return value === undefined ? {} : { [key]: estimateCell(value, images) };
}

const measureColumns: readonly Column[] = [
  { key: "title", title: "Measure", kind: "text", only: "markdown" },
  { key: "measure", title: "Measure", kind: "text", only: "csv" },
  { key: "class", title: "Class", kind: "text" },
  { key: "value", title: "Value (%)", kind: "estimate" },
  { key: "counts", title: "Right", kind: "text", only: "markdown" },
  { key: "k", title: "k", kind: "number", only: "csv" },
  { key: "n", title: "n", kind: "number", only: "csv" },
];

const runColumns: readonly Column[] = [
  { key: "split", title: "Split", kind: "text", only: "csv" },
  { key: "weights", title: "Weights", kind: "text", only: "csv" },
  ...resamplingColumns,
  ...dataColumns,
];
