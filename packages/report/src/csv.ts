/** @file A table as CSV, for machines: every count, unrounded, without date, commit or machine. */
import { percent } from "@mvt/common";
import { stringify } from "csv-stringify/sync";
import type { Accuracy } from "./accuracy.ts";
import type { ValuesBySeed } from "./statistics.ts";
import type { Cell, Cells, Column, Table } from "./table.ts";

/**
 * One line per row. The same runs give the same bytes.
 *
 * Accuracies, counts and differences are in percent with four decimals. A column `a` of accuracies becomes a_mean, a_std,
 * a_k, a_n, a_epoch; of counts a, a_k, a_n; of values by seed a_mean, a_std, a_by_seed; of estimates a, a_low,
 * a_high. Values by seed are separated by spaces, in the order of the column of seeds. An unknown value is an
 * empty field.
 * Throws a TypeError if a cell is not of its column's kind.
 */
export function toCsv(table: Table): string {
  const columns = table.columns.filter(({ only, kind }) => only !== "markdown" && kind !== "paper");
  const header = columns.flatMap(({ key, kind }) => suffixes[kind].map((suffix) => key + suffix));
  const lines = table.rows
    .filter(({ published }) => published !== true)
    .map(({ cells }) => columns.flatMap((column) => fields(column, cells)));
  return stringify([header, ...lines], {
    record_delimiter: "\n",
    // Text from outside must not become a formula; a negative number is none.
    escape_formulas: true,
    cast: {
      number: (value) => ({ value: value.toFixed(4), escape_formulas: false }),
      object: (value) => ({ value: String(value["exact"]), escape_formulas: false }),
    },
  });
}

const suffixes = {
  text: [""],
  number: [""],
  list: [""],
  accuracy: ["_mean", "_std", "_k", "_n", "_epoch"],
  count: ["", "_k", "_n"],
  "values-by-seed": ["_mean", "_std", "_by_seed"],
  estimate: ["", "_low", "_high"],
  points: [""],
  paper: [],
} as const satisfies Record<Cell["kind"], readonly string[]>;

/** A number that is printed with all its digits. */
interface Exact {
  readonly exact: number;
}

/** Numbers are printed with four decimals, or with all; text is printed as it is. */
function fields({ key, kind }: Column, cells: Cells): readonly (string | number | Exact)[] {
  const cell = cells[key];
  if (cell === undefined) return suffixes[kind].map(() => "");
  if (cell.kind !== kind) {
    throw new TypeError(
      `toCsv: expected a cell of kind ${kind} in column ${key}, got ${cell.kind}`,
    );
  }
  switch (cell.kind) {
    case "text":
      return [cell.text];
    case "number":
      return [{ exact: cell.value }];
    case "list":
      return [cell.values.join(" ")];
    case "accuracy":
      return accuracyFields(cell);
    case "count":
      return [cell.n === 0 ? "" : percent(cell.k / cell.n, 4), String(cell.k), String(cell.n)];
    case "values-by-seed":
      return valuesBySeedFields(cell);
    case "estimate":
      return [cell.value, cell.interval?.low, cell.interval?.high].map((value) =>
        value === undefined ? "" : 100 * value,
      );
    case "points":
      return [Number((100 * cell.value).toFixed(4)) === 0 ? 0 : 100 * cell.value];
    case "paper":
      return [];
  }
}

function accuracyFields({ mean, std, runs }: Accuracy): readonly string[] {
  const bySeed = (name: "k" | "n" | "epoch") => runs.map((run) => run[name]).join(" ");
  return [
    percent(mean, 4),
    std === undefined ? "" : percent(std, 4),
    bySeed("k"),
    bySeed("n"),
    bySeed("epoch"),
  ];
}

function valuesBySeedFields({ mean, std, values, unit }: ValuesBySeed): readonly string[] {
  const inUnit = (value: number) => (unit === "percent" ? percent(value, 4) : value.toFixed(6));
  return [inUnit(mean), std === undefined ? "" : inUnit(std), values.map(inUnit).join(" ")];
}
