/** @file Table 2 between its two bounds, labels as given and true labels: differences by seed, and what they say. */
import { toCsv, toMarkdown } from "@mvt/report";
import { table2 } from "@mvt/report/tables/table2";
import type { Table2Row, Table2Run } from "@mvt/report/tables/table2";
import { describe, expect, test } from "vitest";
import { plainRow, provenance, row, run } from "./fixtures/runs.ts";

/** Runs with these counts of 500, one less at the last epoch; relabelling began in epoch 8. */
const seeds = (...counts: readonly number[]): readonly Table2Run[] =>
  counts.map((k, seed) => ({
    ...run(seed, k),
    relabelStart: { epoch: 8, trainAccuracy: { k: 900 + seed, n: 1800 } },
  }));
const build = (rows: readonly Table2Row[]) =>
  table2.build(rows, provenance("synthetic"), { select: "last" });
const body = (text: string) =>
  text
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => line.startsWith("|"));
const notes = (rows: readonly Table2Row[]) => build(rows).notes;

// Per seed, minus as given: constant -10, -11, -12; linear 10, 14, 12; quadratic -3, 4, 0 images of 500.
const given = plainRow("given", seeds(400, 404, 402));
const constant = row("constant", seeds(390, 393, 390));
const linear = row("linear", seeds(410, 418, 414));
const quadratic = row("quadratic", seeds(397, 408, 402));
const truth = plainRow("true", seeds(440, 446, 440));

describe("Table 2 with labels as given and true labels", () => {
  test("prints them around the functions, with differences by seed and the recovered part of the gap", () => {
    const text = toMarkdown(build([truth, linear, quadratic, constant, given]));
    expect(`\n${body(text).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      | Data set | Labels, f           |   δ | Accuracy (%)                          | Minus constant (points) | Minus as given (points) | Gap recovered (%) |
      | :------- | :------------------ | --: | :------------------------------------ | :---------------------- | :---------------------- | :---------------- |
      | RAF-DB   | Labels as given     |   – | 80.2 ± 0.4 (399, 403, 401 of 500)     | +2.2 ± 0.1              | –                       | –                 |
      | RAF-DB   | Constant (baseline) | 0.2 | 78.0 ± 0.3 (389, 392, 389 of 500)     | –                       | −2.2 ± 0.1              | −28               |
      | RAF-DB   | Linear              | 0.2 | **82.6 ± 0.8** (409, 417, 413 of 500) | +4.6 ± 0.3              | +2.4 ± 0.2              | 30                |
      | RAF-DB   | Quadratic           | 0.2 | 80.3 ± 1.1 (396, 407, 401 of 500)     | +2.3 ± 0.5              | +0.1 ± 0.4              | 1                 |
      | RAF-DB   | True labels         |   – | 88.2 ± 0.7 (439, 445, 439 of 500)     | +10.2 ± 0.2             | +8.0 ± 0.2              | –                 |
      "
    `);
  });

  test("computes differences as one does by hand", () => {
    const csv = toCsv(build([given, constant, linear, truth]))
      .trim()
      .split("\n");
    const columns = csv[0]!.split(",");
    const cell = (line: number, key: string) =>
      Number(csv[line]!.split(",").at(columns.indexOf(key) - columns.length));
    // In percentage points. Linear minus constant: 20, 25, 24 images. Mean 23, s = √7, SE = √(7/3).
    expect(cell(3, "to_baseline")).toBeCloseTo(100 * (23 / 500), 4);
    expect(cell(3, "to_baseline_se")).toBeCloseTo((100 * Math.sqrt(7 / 3)) / 500, 4);
    // True labels minus as given: 40, 42, 38, mean 40; linear minus as given: mean 12.
    expect(cell(3, "gap_recovered")).toBeCloseTo(100 * (12 / 40), 4);
    expect(cell(2, "gap_recovered")).toBeCloseTo(100 * (-11 / 40), 4);
  });

  test("never prints true labels in bold, since no method has them", () => {
    const text = toMarkdown(build([given, constant, linear, truth]));
    expect(body(text).find((line) => line.includes("**"))).toContain("Linear");
  });

  test("says of each data set what wrong labels cost and what each function did", () => {
    expect(notes([given, constant, linear, quadratic, truth]).slice(0, 2)).toMatchInlineSnapshot(`
      [
        "RAF-DB: true labels minus labels as given: +8.0 ± 0.2 points, 34.6 standard errors. Wrong labels cost accuracy here.",
        "RAF-DB: relabelling, which began in epoch 8 at a training accuracy of 50.1 % on the labels as given, raised the accuracy with Linear (+2.4 ± 0.2); it made no clear difference with Quadratic (+0.1 ± 0.4); it lowered the accuracy with Constant (baseline) (−2.2 ± 0.1).",
      ]
    `);
  });

  test("says under which conditions relabelling did harm", () => {
    const outcome = (right: number) => ({
      changed: 300,
      correctBefore: { k: 1260, n: 1800 },
      correctAfter: { k: right, n: 1800 },
    });
    const harmful = (right: number) =>
      row(
        "constant",
        constant.runs.map((each) => ({ ...each, relabel: outcome(right) })),
      );
    expect(notes([given, harmful(1400), truth])[1]).toMatchInlineSnapshot(
      `"RAF-DB: relabelling, which began in epoch 8 at a training accuracy of 50.1 % on the labels as given, lowered the accuracy with Constant (baseline) (−2.2 ± 0.1), although the share of true labels rose from 70.0 to 77.8 %."`,
    );
    expect(notes([given, harmful(1100), truth])[1]).toContain(
      "while the share of true labels fell from 70.0 to 61.1 %",
    );
  });

  test("leaves the gap out where true labels are not clearly better", () => {
    const text = toMarkdown(build([given, linear, plainRow("true", seeds(399, 406, 402))]));
    expect(text).not.toContain("Gap recovered (%)");
    expect(text).toContain("relabelling has nothing to gain");
  });

  test("claims nothing from one seed", () => {
    const [one, other, bound] = [given, linear, truth].map((each) => ({
      ...each,
      runs: each.runs.slice(0, 1),
    }));
    expect(notes([one!, other!, bound!]).slice(0, 2)).toMatchInlineSnapshot(`
      [
        "RAF-DB: true labels minus labels as given: +8.0 points, with one seed.",
        "RAF-DB: over labels as given, Linear (+2.0). One seed does not tell whether this is more than chance.",
      ]
    `);
  });

  test("compares only seeds that both rows have", () => {
    const csv = toCsv(build([given, row("linear", seeds(410))]));
    expect(csv).toContain(",2.0000,"); // 10 of 500, of seed 0 alone
  });
});
