/** @file Reads the CSV files that runs leave behind. */
import { CsvError, parse } from "csv-parse/sync";
import { UserError } from "@mvt/common";

/** One line of a file, as many fields as columns. */
export interface CsvLine {
  /** Counted from 1, the header included. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** The lines below a header of exactly these columns; throws a UserError that names `path` and the line. */
export function readTable(
  csv: string,
  path: string,
  columns: readonly string[],
): readonly CsvLine[] {
  const [header = [], ...rows] = readRecords(csv, path, "a CSV file as the run wrote it");
  if (header.join() !== columns.join()) {
    throw damaged(`${path}:1`, `the columns ${columns.join(", ")}`, header.join() || "nothing");
  }
  if (rows.length === 0) throw damaged(`${path}:2`, "a line per image", "none");
  return rows.map((fields, i) => ({ line: i + 2, fields }));
}

/** All lines, each with as many fields as the first; throws a UserError that says what was `expected` of the file. */
export function readRecords(
  csv: string,
  path: string,
  expected: string,
): readonly (readonly string[])[] {
  try {
    return cutAtCommas(csv) ?? parse(csv);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw damaged(path, expected, error.message);
  }
}

/**
 * The same lines, many times as fast as csv-parse; undefined where it has to read them: if any has a quotation mark or a
 * carriage return, or another number of fields than the first.
 */
function cutAtCommas(csv: string): readonly (readonly string[])[] | undefined {
  if (csv === "" || /["\r]/.test(csv)) return undefined;
  const lines = (csv.endsWith("\n") ? csv.slice(0, -1) : csv).split("\n");
  const rows = lines.map((line) => line.split(","));
  return rows.every(({ length }) => length === rows[0]!.length) ? rows : undefined;
}

/** What is wrong with a file of a run. `where`: its path, with the line if there is one. */
export function damaged(where: string, expected: string, found: string): UserError {
  return new UserError(`${where}: expected ${expected}, found ${found}`, {
    advice: "Remove the run's folder to train it again.",
  });
}
