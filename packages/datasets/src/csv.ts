/** @file Reads CSV files row by row, whatever their line ends, with the line number of each row. */
import { pipeline } from "node:stream";
import { shorten } from "@mvt/common";
import { streamRegular } from "@mvt/common/files";
import { CsvError, parse, type Info } from "csv-parse";
import { DatasetError } from "./error.ts";

export interface CsvRow {
  readonly fields: readonly string[];
  /** Counted from 1, the header included. */
  readonly line: number;
}

/** Characters of a row. Those of fer2013.csv have 9,000; a quotation mark that is never closed would take all memory. */
const maximumRowLength = 2 ** 20;

/**
 * The rows of a CSV file, the header included. They are read as a stream: fer2013.csv has 300 MB.
 *
 * LF and CRLF, a byte order mark, blank lines and a missing last newline are all accepted. The caller checks
 * the number of fields.
 */
export async function* readCsv(path: string): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: maximumRowLength,
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  pipeline(await streamRegular(path), parser, () => {
    // A failure of either stream ends the loop below with its error.
  });
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      yield { fields: record, line: info.lines };
    }
  } catch (error) {
    if (error instanceof CsvError) {
      throw new DatasetError(
        `${path}: expected comma-separated values, found something else (${error.message}). ` +
          `Replace the file by the published one.`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** What csv-parse yields with `info: true`. */
interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
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

/** Throws DatasetError unless the row has `count` fields. */
export function requireFields(path: string, row: CsvRow, count: number): void {
  if (row.fields.length !== count) {
    throw new DatasetError(
      `${path}:${row.line}: expected ${count} fields, found ${row.fields.length}: ` +
        `"${shorten(row.fields.join())}". Replace the file by the published one.`,
    );
  }
}
