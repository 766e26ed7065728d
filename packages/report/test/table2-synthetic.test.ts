import { toMarkdown } from "@mvt/report";
import { table2 } from "@mvt/report/tables/table2";
import type { Table2Run } from "@mvt/report/tables/table2";
import { describe, expect, test } from "vitest";
import { provenance, row, run } from "./fixtures/runs.ts";

const seeds = (...counts: readonly number[]) => counts.map((k, seed) => run(seed, k));
const markdown = (rows: Parameters<typeof table2.build>[0]) =>
  toMarkdown(table2.build(rows, provenance("synthetic"), { select: "validation" }));
const section = (text: string, heading: string) =>
  text.split("## ").find((s) => s.startsWith(heading));
const body = (text: string) => text.split("\n").filter((line) => line.startsWith("|"));

describe("Table 2 on synthetic data", () => {
  const both = [
    row("constant", seeds(380, 372, 376)),
    row("linear", seeds(384, 380, 382)),
    row("quadratic", seeds(386, 382, 387)),
    row("sigmoid", seeds(420, 414, 417), { parameters: { k: 10, x0: 0.5 } }),
    row("constant", seeds(300, 310, 305), { dataset: "FERPlus" }),
    row("linear", seeds(311, 302, 309), { dataset: "FERPlus" }),
    row("quadratic", seeds(350, 352, 348), { dataset: "FERPlus" }),
    row("sigmoid", seeds(306, 301, 300), { dataset: "FERPlus", parameters: { k: 10, x0: 0.5 } }),
    row("exponent", seeds(312, 305, 310), {
      dataset: "FERPlus",
      plugin: true,
      parameters: { power: 3 },
    }),
  ];

  test("prints the paper's rows, then the plugin's, and says that the data are synthetic", () => {
    expect(markdown(both)).toMatchInlineSnapshot(`
      "# Table 2: accuracy by relabelling threshold function f, without MGN

      One standard error of a row is 1.7 to 2.2 points.

      **The data are synthetic: faces drawn by this project, in the file layout of the named data set. These numbers are not comparable with the paper's.**

      | Data set | Labels, f                  |   δ | Accuracy (%)                          | Minus constant (points) |
      | :------- | :------------------------- | --: | :------------------------------------ | :---------------------- |
      | RAF-DB   | Constant (baseline)        | 0.2 | 75.2 ± 0.8 (380, 372, 376 of 500)     | –                       |
      | RAF-DB   | Linear                     | 0.2 | 76.4 ± 0.4 (384, 380, 382 of 500)     | +1.2 ± 0.2              |
      | RAF-DB   | Quadratic                  | 0.2 | 77.0 ± 0.5 (386, 382, 387 of 500)     | +1.8 ± 0.3              |
      | RAF-DB   | Sigmoid (k=10, x0=0.5)     | 0.2 | **83.4 ± 0.6** (420, 414, 417 of 500) | +8.2 ± 0.1              |
      | FERPlus  | Constant (baseline)        | 0.2 | 61.0 ± 1.0 (300, 310, 305 of 500)     | –                       |
      | FERPlus  | Linear                     | 0.2 | 61.5 ± 0.9 (311, 302, 309 of 500)     | +0.5 ± 1.1              |
      | FERPlus  | Quadratic                  | 0.2 | **70.0 ± 0.4** (350, 352, 348 of 500) | +9.0 ± 0.5              |
      | FERPlus  | Sigmoid (k=10, x0=0.5)     | 0.2 | 60.5 ± 0.6 (306, 301, 300 of 500)     | −0.5 ± 0.9              |
      | FERPlus  | exponent (plugin, power=3) | 0.2 | 61.8 ± 0.7 (312, 305, 310 of 500)     | +0.8 ± 1.0              |

      ## How to read this table

      - Accuracy: measured on the whole test set, with the weights of the epoch that was best on images held out from the training set.
      - With several seeds: after ± follows the standard deviation over seeds (n − 1 in the denominator); the brackets hold the number of correct images of each seed.
      - Bold: the highest mean of its data set. A difference may be chance if it is no larger than its standard error, √(SE₁² + SE₂²). The SE of a mean is the larger of two: s/√S over S seeds, and √(p(1 − p)/n) over n test images.
      - Labels, f: the labels that the classifier learns from. As given: no relabelling. A function f: relabelling by Eq. 6. True labels: every label is right; this is what perfect relabelling could reach.
      - Minus: the difference to that row in accuracy, paired by seed; after ± follows its standard error s/√S over S seeds. It is the error of training, on this one test set.

      ## Provenance

      - Command: \`pnpm exp table2\`
      - Commit: 0123abc
      - Scale: quick; seeds: 0, 1, 2
      - Data: RAF-DB, synthetic; layout official, protocol basic; images: train 1800, validation 200, test 500; 180 of 1800 training labels (10.0 %) are wrong: drawn so on purpose; validation labels likewise
      - Data: FERPlus, synthetic; layout csv, protocol argmax-10; images: train 1800, validation 200, test 500; 180 of 1800 training labels (10.0 %) are wrong: drawn so on purpose; validation labels likewise
      - Machine: Some CPU at 2.5 GHz, 2 cores, 8.0 GiB; linux 6.1; Node 26.10.0; backend onnx, cpu (onnxruntime-node 1.30.0)
      - Date: 2026-11-23T12:00:00.000Z
      "
    `);
  });

  test("never shows a number of the paper", () => {
    const text = markdown(both);
    expect(text).not.toContain("Paper");
    for (const printed of ["86.86", "87.09", "87.45", "88.22"]) expect(text).not.toContain(printed);
  });

  test("shows the Wilson interval with one seed", () => {
    const text = markdown([row("constant", [run(0, 380)]), row("linear", [run(0, 392)])]);
    expect(`\n${body(text).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      | Data set | Labels, f           |   δ | Accuracy (%)                    | Minus constant (points) |
      | :------- | :------------------ | --: | :------------------------------ | :---------------------- |
      | RAF-DB   | Constant (baseline) | 0.2 | 76.0 [72.1, 79.5] (380/500)     | –                       |
      | RAF-DB   | Linear              | 0.2 | **78.4** [74.6, 81.8] (392/500) | +2.4                    |
      "
    `);
    expect(section(text, "Notes")).toMatchInlineSnapshot(`
      "Notes

      - RAF-DB: Constant (baseline) is within one standard error of the best row, Linear. The difference may be chance.

      "
    `);
  });

  test("shows how relabelling did against the labels that were drawn", () => {
    const relabelled = (seed: number, k: number, changed: number): Table2Run => ({
      ...run(seed, k),
      relabel: {
        changed,
        precision: { k: changed - 20, n: changed },
        recall: { k: changed - 20, n: 180 },
        correctBefore: { k: 1620, n: 1800 },
        correctAfter: { k: 1620 + changed - 40, n: 1800 },
      },
    });
    const text = markdown([
      row("constant", [relabelled(0, 380, 120), relabelled(1, 384, 132)]),
      row("linear", [relabelled(0, 392, 90), relabelled(1, 390, 100)]),
    ]);
    expect(`\n${body(text).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      | Data set | Labels, f           |   δ | Accuracy (%)                     | Minus constant (points) | Labels changed | Precision (%)  | Recall (%)     | Correct labels before (%) | Correct labels after (%) |
      | :------- | :------------------ | --: | :------------------------------- | :---------------------- | :------------- | :------------- | :------------- | :------------------------ | :----------------------- |
      | RAF-DB   | Constant (baseline) | 0.2 | 76.4 ± 0.6 (380, 384 of 500)     | –                       | 120, 132       | 84.1 (212/252) | 58.9 (212/360) | 90.0 (3240/3600)          | 94.8 (3412/3600)         |
      | RAF-DB   | Linear              | 0.2 | **78.2 ± 0.3** (392, 390 of 500) | +1.8 ± 0.6              | 90, 100        | 78.9 (150/190) | 41.7 (150/360) | 90.0 (3240/3600)          | 93.1 (3350/3600)         |
      "
    `);
    expect(section(text, "How")).toMatchInlineSnapshot(`
      "How to read this table

      - Accuracy: measured on the whole test set, with the weights of the epoch that was best on images held out from the training set.
      - With several seeds: after ± follows the standard deviation over seeds (n − 1 in the denominator); the brackets hold the number of correct images of each seed.
      - Bold: the highest mean of its data set. A difference may be chance if it is no larger than its standard error, √(SE₁² + SE₂²). The SE of a mean is the larger of two: s/√S over S seeds, and √(p(1 − p)/n) over n test images.
      - Labels, f: the labels that the classifier learns from. As given: no relabelling. A function f: relabelling by Eq. 6. True labels: every label is right; this is what perfect relabelling could reach.
      - Minus: the difference to that row in accuracy, paired by seed; after ± follows its standard error s/√S over S seeds. It is the error of training, on this one test set.
      - Labels changed: the number of training labels that differ from the given ones after the last epoch, by seed.
      - Precision: of the changed labels, the fraction that is now correct.
      - Recall: of the labels that were given wrong, the fraction that is now correct.
      - Correct labels: of all training labels, the fraction that is correct, before the first epoch and after the last.

      "
    `);
  });

  test("has no precision where no label was changed", () => {
    const none = { changed: 0, precision: { k: 0, n: 0 }, recall: { k: 0, n: 180 } };
    const text = markdown([row("constant", [{ ...run(0, 380), relabel: none }])]);
    expect(body(text)[2]).toContain("| – (0/0)");
  });
});

describe("the choice of epoch in Table 2", () => {
  const shown = (select: "validation" | "last" | "best-on-test") =>
    toMarkdown(table2.build([row("linear", seeds(400, 400))], provenance("synthetic"), { select }));

  test("decides which accuracy is printed", () => {
    expect(shown("validation")).toContain("80.0 ± 0.0 (400, 400 of 500)");
    expect(shown("last")).toContain("79.8 ± 0.0 (399, 399 of 500)");
    expect(shown("best-on-test")).toContain("80.4 ± 0.0 (402, 402 of 500)");
  });

  test("is named, and called selection on test data where it is", () => {
    expect(shown("validation")).toContain("best on images held out from the training set");
    expect(shown("last")).toContain("of the last epoch");
    expect(shown("best-on-test")).toContain("This selects on test data");
  });
});
