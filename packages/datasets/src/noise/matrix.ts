/**
 * @file Reads how often each class is taken for each other one.
 *
 *     label,anger,fear,sadness        a header of class names; its first field is free
 *     anger,80,5,15                   a row per class: its name, then a count or a share per column
 *     fear,10,70,20
 *     sadness,10,10,80
 */
import { shorten } from "@mvt/common";
import { readCsv } from "../csv.ts";
import type { CsvRow } from "../csv.ts";
import { DatasetError } from "../error.ts";
import { exists } from "../files.ts";

/** What a file says, in its own order of the classes. */
export interface NoiseMatrix {
  readonly path: string;
  readonly classes: readonly string[];
  /** [K][K] rows are right classes, columns what they are taken for. */
  readonly rows: readonly (readonly number[])[];
}

const advice = "Write a header of class names and one row per class.";

/** Reads a matrix; throws DatasetError, with the line, for a file that is no square matrix of such numbers. */
export async function readNoiseMatrix(path: string): Promise<NoiseMatrix> {
  if (!(await exists(path))) {
    throw new DatasetError(`${path}: expected a matrix of classes, found no file. Check the path.`);
  }
  const lines: CsvRow[] = [];
  for await (const line of readCsv(path, advice)) lines.push(line);
  const header = lines.shift();
  const names = header?.fields ?? [];
  const classes = names.slice(1).map((name) => name.trim());
  const repeated = classes.find((name, i) => name === "" || classes.indexOf(name) !== i);
  if (classes.length < 2 || repeated !== undefined) {
    throw new DatasetError(
      `${path}:1: expected a field and two or more names of classes, each once, found "${shorten(names.join())}"`,
      { advice },
    );
  }
  const rows = new Map<string, readonly number[]>();
  for (const {
    fields: [field = "", ...fields],
    line,
  } of lines) {
    const where = `${path}:${line}`;
    const name = field.trim();
    if (!classes.includes(name) || rows.has(name)) {
      throw new DatasetError(
        `${where}: expected a row for each of ${classes.join(", ")}, found ${rows.has(name) ? "a second one for " : ""}"${shorten(name)}"`,
        { advice },
      );
    }
    rows.set(name, readNumbers(where, fields, classes.length));
  }
  const missing = classes.filter((name) => !rows.has(name));
  if (missing.length > 0) {
    throw new DatasetError(
      `${path}: expected a row for each class, found none for ${missing.join(", ")}`,
      { advice },
    );
  }
  return { path, classes, rows: classes.map((name) => rows.get(name)!) };
}

/**
 * [K][K] the matrix for these classes, in their order. Rows and columns of other classes are left out.
 * Throws DatasetError if one of the classes is not in the matrix.
 */
export function matrixFor(
  { path, classes, rows }: NoiseMatrix,
  wanted: readonly string[],
  title: string,
): readonly (readonly number[])[] {
  const missing = wanted.filter((name) => !classes.includes(name));
  if (missing.length > 0) {
    throw new DatasetError(
      `${path}: expected a row and a column for each class of ${title} (${wanted.join(", ")}), found none for ${missing.join(", ")}. Add them, or name other data sets.`,
    );
  }
  const places = wanted.map((name) => classes.indexOf(name));
  return places.map((row) => places.map((column) => rows[row]![column]!));
}

function readNumbers(where: string, fields: readonly string[], count: number): readonly number[] {
  const numbers = fields.map((field) => (field.trim() === "" ? NaN : Number(field)));
  if (numbers.length !== count || !numbers.every((number) => number >= 0 && number < Infinity)) {
    throw new DatasetError(
      `${where}: expected ${count} counts or shares of at least 0, found "${shorten(fields.join())}"`,
      { advice },
    );
  }
  return numbers;
}
