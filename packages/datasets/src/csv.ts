/** @file Reads CSV files row by row, whatever their line ends, with the line number of each row. */
import { shorten } from "@mvt/common";
import { chunksOfRegular } from "@mvt/common/files";
import { CsvError } from "csv-parse";
import { type CsvRow, csvRows } from "./csv-rows.ts";
import { DatasetError } from "./error.ts";
import { requireUtf8 } from "./label-text.ts";
import { nameKey } from "./names.ts";

export type { CsvRow };

/** What to do with a table that is wrong: of a data set that others publish, and of the user's own. */
export const tableAdvice = {
  published: "Replace the file by the published one.",
  own: "Correct the table.",
} as const;

/**
 * The rows of a CSV file, the header included. They are read as a stream: fer2013.csv has 300 MB.
 *
 * LF, CRLF and CR, a byte order mark, blank lines and a missing last newline are all accepted; another encoding than
 * UTF-8 is not. The caller checks the number of fields.
 *
 * @param advice what to do about a file that is no table, as a sentence
 */
export async function* readCsv(
  path: string,
  advice: string = tableAdvice.published,
): AsyncGenerator<CsvRow> {
  const inUtf8 = async function* () {
    let first = true;
    for await (const chunk of chunksOfRegular(path)) {
      if (first) requireUtf8(path, chunk);
      first = false;
      yield chunk;
    }
  };
  try {
    yield* csvRows(inUtf8());
  } catch (error) {
    if (error instanceof CsvError) {
      throw new DatasetError(
        `${path}: expected comma-separated values, found something else (${error.message}). ${advice}`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** The rows below the header. Throws DatasetError for another header, and for a row of another length. */
export async function* readTable(path: string, header: readonly string[]): AsyncGenerator<CsvRow> {
  let found = false;
  for await (const row of readCsv(path)) {
    if (!found) {
      found = true;
      requireHeader(path, row, header);
    } else {
      requireFields(path, row, header.length);
      yield row;
    }
  }
  if (!found) {
    throw new DatasetError(
      `${path}: expected the header "${header.join()}", found an empty file. ` +
        `Replace the file by the published one.`,
    );
  }
}

/** Throws DatasetError unless the row is the header. */
export function requireHeader(path: string, row: CsvRow, header: readonly string[]): void {
  const found = row.fields.map((field) => field.trim()).join();
  if (found === header.join()) return;
  throw new DatasetError(
    `${path}:${row.line}: expected the header "${header.join()}", found "${shorten(found)}". ` +
      `Replace the file by the published one.`,
  );
}

/**
 * The rows below the header, each with its fields in the order of `columns`, in whatever order the file has them. Columns
 * are found by their names, without spaces around them and in either case; others are passed over. Throws DatasetError for
 * a header without one of them or with one twice, and for a row of another length.
 */
export async function* readColumns(
  path: string,
  columns: readonly string[],
  advice: string = tableAdvice.published,
): AsyncGenerator<CsvRow> {
  let places: readonly number[] | undefined;
  let width = 0;
  for await (const row of readCsv(path, advice)) {
    if (places === undefined) {
      places = placesOf(path, row, columns, advice);
      width = row.fields.length;
      continue;
    }
    requireFields(path, row, width, advice);
    yield { line: row.line, fields: places.map((place) => row.fields[place]!) };
  }
  if (places === undefined) {
    throw new DatasetError(
      `${path}: expected the header "${columns.join()}", found an empty file. ${advice}`,
    );
  }
}

/** Where each of the columns is in a header. */
export function placesOf(
  path: string,
  { fields, line }: CsvRow,
  columns: readonly string[],
  advice: string = tableAdvice.published,
): readonly number[] {
  const header = fields.map((field) => field.trim());
  const lacks = (missing: readonly string[]) => {
    const between = separatorOf(header);
    const found = `found "${shorten(header.join())}" without ${missing.join(" and ")}`;
    return new DatasetError(
      `${path}:${line}: expected a header with ${columns.join(", ")}, ` +
        (between === undefined
          ? `${found}. ${advice}`
          : `${found}: its columns have ${between} between them. Save the table with commas.`),
    );
  };
  const places = columns.map((column) => {
    const exact = header.indexOf(column);
    return exact >= 0 ? exact : header.findIndex((name) => nameKey(name) === nameKey(column));
  });
  const missing = columns.filter((_, i) => places[i]! < 0);
  if (missing.length > 0) throw lacks(missing);
  const twice = columns.find((column) => header.filter((name) => name === column).length > 1);
  if (twice !== undefined) {
    throw new DatasetError(
      `${path}:${line}: expected one column ${twice}, found two in "${shorten(header.join())}". Leave one out.`,
    );
  }
  return places;
}

/** What separates the columns of a header that has no comma. */
function separatorOf(header: readonly string[]): string | undefined {
  if (header.length !== 1) return undefined;
  if (header[0]!.includes(";")) return "semicolons";
  return header[0]!.includes("\t") ? "tabs" : undefined;
}

/** Throws DatasetError unless the row has `count` fields. */
export function requireFields(
  path: string,
  row: CsvRow,
  count: number,
  advice: string = tableAdvice.published,
): void {
  if (row.fields.length !== count) {
    throw new DatasetError(
      `${path}:${row.line}: expected ${count} fields, found ${row.fields.length}: ` +
        `"${shorten(row.fields.join())}". ${advice}`,
    );
  }
}
