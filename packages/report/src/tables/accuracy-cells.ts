/**
 * @file The cells and columns that every table of accuracies has: three choices of epoch, seeds, runs.
 */
import { accuracy, type Accuracy } from "../accuracy.ts";
import type { Cells, Column } from "../table.ts";
import type { Selection, TestedRun } from "../tested-run.ts";

/** By ascending seed; runs of one seed by id, so that the order in which they finished shows nowhere. */
export function bySeed<Run extends Pick<TestedRun, "seed" | "id">>(
  runs: readonly Run[],
): readonly Run[] {
  return runs.toSorted((a, b) => a.seed - b.seed || (a.id < b.id ? -1 : 1));
}

/**
 * The three accuracies of one row, and the one that was selected.
 * Throws a RangeError where there is no run; `about` says which table and row that concerns.
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
  const over = (name: "validation" | "last" | "bestOnTest") =>
    accuracy(ordered.map((run) => ({ seed: run.seed, ...run[name] })));
  const all = {
    validation: over("validation"),
    last: over("last"),
    "best-on-test": over("bestOnTest"),
  };
  const selected = all[select];
  return {
    selected,
    cells: {
      seeds: { kind: "list", values: ordered.map(({ seed }) => seed) },
      accuracy: selected,
      validation_accuracy: all.validation,
      last_accuracy: all.last,
      best_on_test_accuracy: all["best-on-test"],
      runs: { kind: "list", values: ordered.map(({ id }) => id) },
    },
  };
}

export const accuracyColumns: readonly Column[] = [
  { key: "seeds", title: "Seeds", kind: "list", only: "csv" },
  { key: "accuracy", title: "Accuracy (%)", kind: "accuracy", only: "markdown" },
  { key: "paper", title: "Paper (%)", kind: "paper" },
  { key: "validation_accuracy", title: "Validation-chosen", kind: "accuracy", only: "csv" },
  { key: "last_accuracy", title: "Last epoch", kind: "accuracy", only: "csv" },
  { key: "best_on_test_accuracy", title: "Best on test", kind: "accuracy", only: "csv" },
];
