/**
 * @file Finished runs, tested after three of their epochs: the cells, columns and legend lines that all tables
 * of accuracies have.
 */
import { accuracy, type Accuracy, type EpochCount } from "../accuracy.ts";
import { list } from "../columns.ts";
import { meanRecall } from "../evaluation/metrics.ts";
import type { LabelledPredictions } from "../evaluation/predictions.ts";
import type { DataKind, Provenance } from "../provenance.ts";
import { type ValuesBySeed, valuesBySeed } from "../statistics.ts";
import type { Cells, Column } from "../table.ts";
import { paperColumn } from "./paper.ts";

/** The epoch whose weights give the printed accuracy, with the line that a legend has for it. */
export const selections = {
  validation:
    "Accuracy: measured on the whole test set, with the weights of the epoch that was best on images held out from the training set.",
  last: "Accuracy: measured on the whole test set, with the weights of the last epoch.",
  "best-on-test":
    "Accuracy: measured on the whole test set, with the weights of the epoch that was best on that same test set. This selects on test data, so the number is too high.",
} as const;

export type Selection = keyof typeof selections;

export interface TestedRun {
  /** The run's folder under runs/. */
  readonly id: string;
  readonly seed: number;
  /** The epoch that was best on the images held out from the training set. */
  readonly validation: EpochCount;
  readonly last: EpochCount;
  readonly bestOnTest: EpochCount;
  /** Whether its training ended before its last epoch. */
  readonly endedEarly?: boolean;
  /** What the weights of the validation-chosen epoch say of each test image; absent if they were not kept. */
  readonly predictions?: LabelledPredictions;
}

/** The test images that the run has right with the selected weights. */
export function selectedCount(run: TestedRun, select: Selection): EpochCount {
  return run[select === "best-on-test" ? "bestOnTest" : select];
}

/** One setting on one data set, with every seed it was run with. */
export interface TestedRow<Run extends TestedRun = TestedRun> {
  /** The title of the data set, as in the provenance. */
  readonly dataset: string;
  readonly kind: DataKind;
  readonly runs: readonly Run[];
}

/** By ascending seed; runs of one seed by id, so that the order in which they finished does not matter. */
export function bySeed<Run extends Pick<TestedRun, "seed" | "id">>(
  runs: readonly Run[],
): readonly Run[] {
  return runs.toSorted((a, b) => a.seed - b.seed || (a.id < b.id ? -1 : 1));
}

/** Throws a RangeError, in the name of `table`, if two of its rows have the same words. */
export function requireDistinct(table: string, rows: readonly string[]): void {
  const twice = rows.find((row, i) => rows.indexOf(row) < i);
  if (twice !== undefined) throw new RangeError(`${table}: expected one row for ${twice}, got two`);
}

/**
 * The three accuracies of one row, and the selected one.
 * Throws a RangeError if there is no run; `about` says which table and row that concerns.
 */
export function accuracyCells(
  about: { readonly table: string; readonly row: string },
  runs: readonly TestedRun[],
  select: Selection,
): { readonly cells: Cells; readonly selected: Accuracy } {
  if (runs.length === 0) {
    throw new RangeError(`${about.table}: expected at least one run of ${about.row}, got none`);
  }
  const ordered = bySeed(runs);
  const over = (selection: Selection) =>
    accuracy(ordered.map((run) => ({ seed: run.seed, ...selectedCount(run, selection) })));
  const all: Readonly<Record<Selection, Accuracy>> = {
    validation: over("validation"),
    last: over("last"),
    "best-on-test": over("best-on-test"),
  };
  const recall = recallOf(ordered);
  return {
    selected: all[select],
    cells: {
      seeds: list(ordered.map(({ seed }) => seed)),
      accuracy: all[select],
      validation_accuracy: all.validation,
      last_accuracy: all.last,
      best_on_test_accuracy: all["best-on-test"],
      uar: select === "validation" ? recall : undefined,
      validation_uar: recall,
      runs: list(ordered.map(({ id }) => id)),
    },
  };
}

export const accuracyColumns: readonly Column[] = [
  { key: "seeds", title: "Seeds", kind: "list", only: "csv" },
  { key: "accuracy", title: "Accuracy (%)", kind: "accuracy", only: "markdown" },
  { key: "uar", title: "UAR (%)", kind: "values-by-seed", only: "markdown" },
  paperColumn,
  { key: "validation_accuracy", title: "Validation-chosen", kind: "accuracy", only: "csv" },
  { key: "last_accuracy", title: "Last epoch", kind: "accuracy", only: "csv" },
  { key: "best_on_test_accuracy", title: "Best on test", kind: "accuracy", only: "csv" },
  { key: "validation_uar", title: "UAR", kind: "values-by-seed", only: "csv" },
];

/** The epochs that each seed was trained for, where training of any run ended early: columns and cells. */
export function epochColumns(
  rows: readonly { readonly runs?: readonly TestedRun[] | undefined }[],
): {
  readonly columns: readonly Column[];
  readonly cellsOf: (runs: readonly TestedRun[]) => Cells;
} {
  const shown = rows.some(({ runs = [] }) => runs.some(({ endedEarly = false }) => endedEarly));
  if (!shown) return { columns: [], cellsOf: () => ({}) };
  return {
    columns: [{ key: "epochs_trained", title: "Epochs trained", kind: "list" }],
    cellsOf: (runs) => ({ epochs_trained: list(bySeed(runs).map(({ last }) => last.epoch)) }),
  };
}

/** The mean recall of each seed; undefined if the predictions of any are not known. */
function recallOf(runs: readonly TestedRun[]): ValuesBySeed | undefined {
  const known = runs.flatMap(({ predictions }) => predictions ?? []);
  if (known.length === 0 || known.length < runs.length) return undefined;
  return valuesBySeed(known.map(meanRecall), "percent");
}

/** Where a column of it is shown. */
export const testedWords = {
  epochs_trained:
    "Epochs trained: by each seed, since training could end before its last epoch; a row that ends sooner has computed less.",
  uar: "UAR: the mean of the recalls of all classes, each with the same weight, of the same predictions as the accuracy. It counts rare classes as much as frequent ones.",
};

/** `seeds`: how many each row was run with. */
export function accuracyLegend(seeds: readonly number[], select: Selection): readonly string[] {
  return [selections[select], ...spreadLegend(seeds)];
}

/** What follows an accuracy in its cell. */
export function spreadLegend(seeds: readonly number[]): readonly string[] {
  return [
    ...(Math.max(...seeds) > 1
      ? [
          "With several seeds: after ± follows the standard deviation over seeds (n − 1 in the denominator); the brackets hold the number of correct images of each seed.",
        ]
      : []),
    ...(Math.min(...seeds) === 1
      ? [
          "With one seed: the 95 % Wilson interval and the number of correct images follow the accuracy.",
        ]
      : []),
  ];
}

/** A caution for real data at a scale that is not the paper's; none otherwise. */
export function scaleNotes(
  rows: readonly { readonly kind: DataKind }[],
  { scale }: Provenance,
): readonly string[] {
  const onReal = rows.some(({ kind }) => kind === "real");
  return onReal && scale !== "paper"
    ? [
        `Scale ${scale} does not use the paper's model and schedule. The paper's numbers are given for orientation only.`,
      ]
    : [];
}
