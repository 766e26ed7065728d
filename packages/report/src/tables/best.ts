/** @file Which row of each data set is best, and whether the difference to the others may be chance. */
import { groupBy } from "@mvt/common";
import type { Accuracy } from "../accuracy.ts";
import { conjunction } from "../columns.ts";
import type { Row } from "../table.ts";

/** Means of the same counts in another order differ by less; one image of a million differs by more. */
const rounding = 1e-9;

/** A row with its printed name and the accuracy by which rows are compared. */
export interface NamedRow {
  readonly row: Row;
  readonly name: string;
  /** Absent if the row was not measured: it is not compared then. */
  readonly accuracy?: Accuracy;
}

type Measured = NamedRow & { readonly accuracy: Accuracy };

/**
 * Marks the highest mean of each data set, in the column `key`, and notes which rows cannot be told from it.
 *
 * Two rows cannot be told apart if their means differ by no more than one standard error of the
 * difference, √(SE₁² + SE₂²). A data set with a single row has no best.
 */
export function markBest(
  rows: readonly NamedRow[],
  key: string,
): { readonly rows: readonly Row[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const best = new Set<Row>();
  const measured = rows.filter((one): one is Measured => one.accuracy !== undefined);
  for (const [dataset, group] of groupBy(measured, ({ row }) => row.dataset)) {
    const top = group.reduce((a, b) => (b.accuracy.mean > a.accuracy.mean ? b : a));
    if (group.length < 2) continue;
    const behind = (other: Measured) => top.accuracy.mean - other.accuracy.mean;
    const equals = group.filter((other) => behind(other) < rounding);
    for (const { row } of equals) best.add(row);
    const close = group.filter(
      (other) =>
        !equals.includes(other) &&
        behind(other) <= Math.hypot(other.accuracy.standardError, top.accuracy.standardError),
    );
    if (equals.length > 1) notes.push(`${dataset}: ${names(equals)} are equal.`);
    if (close.length > 0) {
      notes.push(
        `${dataset}: ${names(close)} ${close.length === 1 ? "is" : "are"} within one standard error ` +
          `of the best row, ${top.name}. The difference may be chance.`,
      );
    }
  }
  return {
    notes,
    rows: rows.map(({ row, accuracy }) =>
      accuracy !== undefined && best.has(row)
        ? { ...row, cells: { ...row.cells, [key]: { ...accuracy, best: true } } }
        : row,
    ),
  };
}

export const bestLegend =
  "Bold: the highest mean of its data set. A difference may be chance if it is no larger than its standard error, √(SE₁² + SE₂²). The SE of a mean is the larger of two: s/√S over S seeds, and √(p(1 − p)/n) over n test images.";

function names(rows: readonly NamedRow[]): string {
  return conjunction.format(rows.map(({ name }) => name));
}
