/** @file Tables of runs: lines without quotation marks are cut at their commas, and read as csv-parse reads them. */
import { fc } from "@mvt/testing/fuzz";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { readRecords } from "../src/runs/csv-table.ts";

/** The rows, or that it is refused. */
const outcome = (read: () => unknown) => {
  try {
    return read();
  } catch {
    return "refused";
  }
};

test("any text gives the rows of csv-parse, and is refused where csv-parse refuses it", () => {
  const characters = fc.constantFrom("a", ",", "\n", '"', "\r", "é", " ", "\uFEFF");
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 24 }), (csv) => {
      expect(outcome(() => readRecords(csv, "labels.csv", "a table"))).toEqual(
        outcome(() => parse(csv)),
      );
    }),
    { numRuns: 2000 },
  );
});
