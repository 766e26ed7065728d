/**
 * @file The first example of output in the README is what the command prints: its table is that of the committed report,
 * and its other lines follow from the scale.
 */
import { scales } from "@mvt/experiments";
import { thresholds } from "@mvt/relabel";
import { describe, expect, test } from "vitest";
import { readAll } from "./repository.ts";

const [readme, report] = readAll(["README.md", "results/quick/table2.md"]).map(({ text }) => text);
/** The lines of the first block that shows output. "..." alone stands for lines that are left out. */
const example = /^```\n(.*?)^```$/ms.exec(readme!)![1]!.trimEnd().split("\n");
/** Without " ..." at its end, which stands for the rest of the line. */
const begun = (line: string) => line.replace(/ \.\.\.$/, "");
const tableLines = example.filter((line) => /^[|-]/.test(line));

describe("the first example of output in the README", () => {
  test("has rows and sentences of the committed report, in its order", () => {
    const lines = report!.split("\n");
    const places = tableLines.map((line) =>
      lines.findIndex((each) => each.startsWith(begun(line))),
    );
    expect(tableLines.length).toBeGreaterThan(4);
    expect(places.filter((place) => place === -1)).toEqual([]);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
  });

  test("draws as many faces and trains as many runs as the scale asks for", () => {
    const { synthetic, seeds } = scales.quick;
    const { train, test: tested } = synthetic.counts["raf-db"];
    const rows = 1 + Object.keys(thresholds).length + 1; // as given, each function, true labels
    const runs = 1 + 2 * rows * seeds; // pre-training, and two data sets
    expect(example[0]).toBe(`drawing ${train + tested} synthetic raf-db faces`);
    expect(example.find((line) => line.includes(" to train; "))).toMatch(
      new RegExp(`^${runs} runs, ${runs} to train; onnxruntime-node `),
    );
  });

  test("says where the files are, as the command does", () => {
    expect(example.at(-1)).toMatch(
      /^wrote table2\.md, table2\.csv and table2\.html in .*\/reports\/quick$/,
    );
  });
});
