/** @file What reports say of the files that their runs started from. */
import { expect, test } from "vitest";
import { provenanceList } from "../src/provenance.ts";
import { provenance } from "./fixtures/runs.ts";

const linesOf = (starts: readonly (readonly string[] | undefined)[]) =>
  provenanceList({
    ...provenance("real"),
    trained: starts.map((each) => ({ runs: 1, starts: each })),
  }).filter((line) => line.startsWith("Pre-trained weights"));

test("every file that runs started from is named once", () => {
  expect(linesOf([["b.pth: MIT"], ["a.pth: Apache-2.0", "b.pth: MIT"], undefined])).toEqual([
    "Pre-trained weights: a.pth: Apache-2.0",
    "Pre-trained weights: b.pth: MIT",
  ]);
});

test("nothing is said of runs that started from no file", () => {
  expect(linesOf([undefined])).toEqual([]);
});
