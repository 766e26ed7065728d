/**
 * @file Which row of each data set is best, and whether the difference means anything.
 */
import type { Accuracy } from "./accuracy.ts";
import type { Row } from "./table.ts";

/** Means of the same counts in another order differ by less; one image of a million by more. */
const rounding = 1e-9;

/** A row with its printed name and the accuracy that rows are compared by. */
export interface Contestant {
  readonly row: Row;
  readonly name: string;
  /** Absent: not measured, so that it neither wins nor loses. */
  readonly accuracy?: Accuracy;
}

type Measured = Contestant & { readonly accuracy: Accuracy };

/**
 * Marks the highest mean of each data set, in the column `key`, and notes which others can not be told from it.
 *
 * Two rows can not be told apart when their means differ by no more than one standard error of the
 * difference, √(SE₁² + SE₂²). A data set with a single row has no best.
 */
export function markBest(
  contestants: readonly Contestant[],
  key: string,
): { readonly rows: readonly Row[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const best = new Set<Row>();
  const measured = contestants.filter((one): one is Measured => one.accuracy !== undefined);
  for (const [dataset, group] of Map.groupBy(measured, ({ row }) => row.dataset)) {
    const top = group.reduce((a, b) => (b.accuracy.mean > a.accuracy.mean ? b : a));
    if (group.length < 2) continue;
    const behind = (other: Measured) => top.accuracy.mean - other.accuracy.mean;
    const winners = group.filter((other) => behind(other) < rounding);
    for (const { row } of winners) best.add(row);
    const close = group.filter(
      (other) =>
        !winners.includes(other) &&
        behind(other) <= Math.hypot(other.accuracy.standardError, top.accuracy.standardError),
    );
    if (winners.length > 1) notes.push(`${dataset}: ${names(winners)} are equal.`);
    if (close.length > 0) {
      notes.push(
        `${dataset}: ${names(close)} ${close.length === 1 ? "lies" : "lie"} within one standard error ` +
          `of the best, ${top.name}: this difference may be chance.`,
      );
    }
  }
  const rows = contestants.map(({ row, accuracy }) =>
    accuracy !== undefined && best.has(row)
      ? { ...row, cells: { ...row.cells, [key]: { ...accuracy, best: true } } }
      : row,
  );
  return { rows, notes };
}

const conjunction = new Intl.ListFormat("en-GB", { type: "conjunction" });

function names(contestants: readonly Contestant[]): string {
  return conjunction.format(contestants.map(({ name }) => name));
}
