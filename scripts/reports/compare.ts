/** @file Compares the tables of two folders of reports, row by row: how many of n images are right. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";

export interface ReportComparison {
  /** One line for every table, row or accuracy that differs: what it is, what is committed and what is fresh. */
  readonly differences: readonly string[];
  readonly tables: number;
  /** How many k of n were compared. */
  readonly counts: number;
}

type CsvRow = Readonly<Record<string, string>>;

/**
 * Compares the CSV files of `committed` with those of the same names in `fresh`. Every table, row and accuracy must be in
 * both, with the same n; k may differ by `tolerance` of n, because processors add numbers in different orders, and a
 * training that differs in its last bits ends as with another seed does.
 *
 * @param tolerance a share of n, from 0 to 1
 */
export function compareReports(
  committed: string,
  fresh: string,
  tolerance: number,
): ReportComparison {
  const differences: string[] = [];
  const tables = csvFiles(committed);
  let counts = 0;
  for (const table of csvFiles(fresh)) {
    if (!tables.includes(table)) differences.push(`${table}: not committed, but made afresh`);
  }
  for (const table of tables) {
    if (!existsSync(join(fresh, table))) {
      differences.push(`${table}: committed, but not made afresh`);
      continue;
    }
    const [before, after] = [rowsOf(join(committed, table)), rowsOf(join(fresh, table))];
    for (const row of after.keys()) {
      if (!before.has(row)) differences.push(`${table}: ${row}: not committed, but made afresh`);
    }
    for (const [row, old] of before) {
      const now = after.get(row);
      if (now === undefined) {
        differences.push(`${table}: ${row}: committed, but not made afresh`);
        continue;
      }
      for (const accuracy of accuraciesOf(old)) {
        const [was, is] = [countsOf(old, accuracy), countsOf(now, accuracy)];
        counts += was.length;
        if (!areClose(was, is, tolerance)) {
          const where = `${table}: ${row}: ${accuracy}`;
          differences.push(`${where}: committed ${inWords(was)}, fresh ${inWords(is)}`);
        }
      }
    }
  }
  return { differences, tables: tables.length, counts };
}

function csvFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".csv"));
}

/** The rows by what they are: the columns before the first number, "RAF-DB, true" for example. */
function rowsOf(path: string): ReadonlyMap<string, CsvRow> {
  const rows: CsvRow[] = parse(readFileSync(path), { columns: true });
  return new Map(
    rows.map((row) => {
      const columns = Object.keys(row);
      const seeds = columns.indexOf("seeds");
      const names = columns.slice(0, seeds === -1 ? 1 : seeds + 1);
      const named = names.filter((name) => row[name] !== "");
      return [named.map((name) => `${name} ${row[name]}`).join(", "), row] as const;
    }),
  );
}

/** Of the columns x_accuracy_k: x_accuracy. */
function accuraciesOf(row: CsvRow): readonly string[] {
  return Object.keys(row)
    .filter((column) => column.endsWith("accuracy_k"))
    .map((column) => column.slice(0, -"_k".length));
}

interface Count {
  readonly k: number;
  readonly n: number;
}

/** The counts of all seeds; none where the cell is empty or missing. */
function countsOf(row: CsvRow, accuracy: string): readonly Count[] {
  const numbers = (column: string) =>
    (row[column] ?? "").split(/[; ]+/).filter(Boolean).map(Number);
  const n = numbers(`${accuracy}_n`);
  return numbers(`${accuracy}_k`).map((k, seed) => ({ k, n: n[seed] ?? n[0]! }));
}

function areClose(was: readonly Count[], is: readonly Count[], tolerance: number): boolean {
  return (
    was.length === is.length &&
    was.every(({ k, n }, i) => n === is[i]!.n && Math.abs(k - is[i]!.k) <= tolerance * n)
  );
}

function inWords(counts: readonly Count[]): string {
  return counts.length === 0 ? "nothing" : counts.map(({ k, n }) => `${k} of ${n}`).join(", ");
}
