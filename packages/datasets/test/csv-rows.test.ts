/** @file The rows of comma-separated values: with and without quotation marks the same as csv-parse gives. */
import { fc } from "@mvt/testing/fuzz";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { type CsvRow, csvRows } from "../src/csv-rows.ts";

/** The rows of a text that comes in chunks of `length` bytes. */
function rowsOf(text: string | Uint8Array, length = 7): Promise<CsvRow[]> {
  const bytes = Buffer.from(text as string);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
  }
  return Array.fromAsync(csvRows(chunks()));
}

/** The same by csv-parse alone. */
function parsedRows(bytes: Uint8Array): CsvRow[] {
  const records = parse(Buffer.from(bytes), {
    bom: true,
    info: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  return records.map(({ record, info }) => ({ fields: record, line: info.lines }));
}

const messageOf = (error: unknown) => (error as Error).message;

describe("the rows of comma-separated values", () => {
  test("have their fields and the numbers of their lines", async () => {
    expect(await rowsOf("a,b\n1,2\n")).toEqual([
      { fields: ["a", "b"], line: 1 },
      { fields: ["1", "2"], line: 2 },
    ]);
  });

  test.for(["\n", "\r\n", "\r"])("end with %j", async (end) => {
    expect(await rowsOf(["a,b", "", "1,", "é"].join(end))).toEqual([
      { fields: ["a", "b"], line: 1 },
      { fields: ["1", ""], line: 3 },
      { fields: ["é"], line: 4 },
    ]);
  });

  test("begin behind a byte order mark", async () => {
    expect(await rowsOf("\uFEFFa,b")).toEqual([{ fields: ["a", "b"], line: 1 }]);
  });

  test("may have quotation marks from some line on", async () => {
    expect(await rowsOf('a,b\n\n1,2\n"x\ny",3\n4,"5 ""6"""\n7,8')).toEqual([
      { fields: ["a", "b"], line: 1 },
      { fields: ["1", "2"], line: 3 },
      { fields: ["x\ny", "3"], line: 5 },
      { fields: ["4", '5 "6"'], line: 6 },
      { fields: ["7", "8"], line: 7 },
    ]);
  });

  test("are refused with the number of the line", async () => {
    await expect(rowsOf('a,b\n1,2\n3,"4\n')).rejects.toThrow("at line 3");
  });

  test("are none of an empty text", async () => {
    expect(await rowsOf("")).toEqual([]);
    expect(await rowsOf("\n\r\n")).toEqual([]);
    expect(await rowsOf("\uFEFF")).toEqual([]);
  });

  test.for([0.02, 0.2])(
    "are those of csv-parse for any bytes in chunks of any length, a share of %f quotation marks",
    async (share) => {
      const quotes = Math.round(100 * share);
      const others = ["a", " ", ",", "\n", "\r", "\uFEFF", "é", "\0"].map((text) =>
        Buffer.from(text),
      );
      const broken = [[0xc3], [0xef, 0xbb], [0xbf]].map((bytes) => Buffer.from(bytes));
      const part = fc.oneof(
        { weight: 100 - quotes, arbitrary: fc.constantFrom(...others) },
        { weight: 5, arbitrary: fc.constantFrom(...broken) },
        { weight: quotes, arbitrary: fc.constant(Buffer.from('"')) },
      );
      const text = fc.array(part, { maxLength: 60 }).map((parts) => Buffer.concat(parts));
      await fc.assert(
        fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (bytes, length) => {
          let expected: unknown;
          try {
            expected = parsedRows(bytes);
          } catch (error) {
            expected = messageOf(error);
          }
          expect(await rowsOf(bytes, length).catch(messageOf)).toEqual(expected);
        }),
        { numRuns: 500 },
      );
    },
  );
});
