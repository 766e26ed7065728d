import { toMarkdown } from "@mvt/report";
import { table2 } from "@mvt/report/tables/table2";
import { describe, expect, test } from "vitest";
import { provenance, row, run } from "./fixtures/runs.ts";

const real = (name: string, k: number, options = {}) =>
  row(name, [run(0, k, 3068), run(1, k + 6, 3068)], { kind: "real", ...options });
const markdown = (rows: Parameters<typeof table2.build>[0], from = provenance("real", "paper")) =>
  toMarkdown(table2.build(rows, from, { select: "last" }));
const body = (text: string) => text.split("\n").filter((line) => line.startsWith("|"));

describe("Table 2 on real data", () => {
  test("has the paper's number for each of its four functions", () => {
    const rows = [
      real("sigmoid", 2683, { parameters: { k: 20, x0: 0.3 }, plugin: true }),
      real("sigmoid", 2680, { parameters: { k: 10, x0: 0.5 } }),
      real("sigmoid", 2671, { parameters: { k: 20, x0: 0.5 } }),
      real("constant", 2660),
      real("linear", 2600),
      real("quadratic", 2671),
    ];
    expect(markdown(rows)).toMatchInlineSnapshot(`
      "# Table 2: accuracy by relabelling threshold function f, without MGN

      One standard error of a row is 0.60 to 0.65 points.

      | Data set | Labels, f                      |   δ | Accuracy (%)                          | Paper (%) | Minus constant (points) |
      | :------- | :----------------------------- | --: | :------------------------------------ | --------: | :---------------------- |
      | RAF-DB   | Constant (baseline)            | 0.2 | 86.77 ± 0.14 (2659, 2665 of 3068)     |     86.86 | –                       |
      | RAF-DB   | Linear                         | 0.2 | 84.81 ± 0.14 (2599, 2605 of 3068)     |     87.09 | −1.96 ± 0.00            |
      | RAF-DB   | Quadratic                      | 0.2 | 87.13 ± 0.14 (2670, 2676 of 3068)     |     87.20 | +0.36 ± 0.00            |
      | RAF-DB   | Sigmoid (k=10, x0=0.5)         | 0.2 | 87.42 ± 0.14 (2679, 2685 of 3068)     |     87.45 | +0.65 ± 0.00            |
      | RAF-DB   | sigmoid (plugin, k=20, x0=0.3) | 0.2 | **87.52 ± 0.14** (2682, 2688 of 3068) |         – | +0.75 ± 0.00            |
      | RAF-DB   | Sigmoid (k=20, x0=0.5)         | 0.2 | 87.13 ± 0.14 (2670, 2676 of 3068)     |         – | +0.36 ± 0.00            |

      ## How to read this table

      - Accuracy: measured on the whole test set, with the weights of the last epoch.
      - With several seeds: after ± follows the standard deviation over seeds (n − 1 in the denominator); the brackets hold the number of correct images of each seed.
      - Bold: the highest mean of its data set. A difference may be chance if it is no larger than its standard error, √(SE₁² + SE₂²). The SE of a mean is the larger of two: s/√S over S seeds, and √(p(1 − p)/n) over n test images.
      - Paper: the number printed in Table 2 (section 4.3) of the paper. The paper gives no spread and does not say how the epoch was chosen.
      - Labels, f: the labels that the classifier learns from. As given: no relabelling. A function f: relabelling by Eq. 6. True labels: every label is right; this is what perfect relabelling could reach.
      - Minus: the difference to that row in accuracy, paired by seed; after ± follows its standard error s/√S over S seeds. It is the error of training, on this one test set.

      ## Notes

      - RAF-DB: Constant (baseline), Quadratic, Sigmoid (k=10, x0=0.5) and Sigmoid (k=20, x0=0.5) are within one standard error of the best row, sigmoid (plugin, k=20, x0=0.3). The difference may be chance.

      ## Provenance

      - Command: \`pnpm exp table2\`
      - Commit: 0123abc
      - Scale: paper; seeds: 0, 1, 2
      - Data: RAF-DB, real; layout official, protocol basic; images: train 1800, validation 200, test 500
      - Data: FERPlus, real; layout csv, protocol argmax-10; images: train 1800, validation 200, test 500
      - Machine: Some CPU at 2.5 GHz, 2 cores, 8.0 GiB; linux 6.1; Node 26.10.0; backend onnx, cpu (onnxruntime-node 1.30.0)
      - Date: 2026-11-23T12:00:00.000Z
      "
    `);
  });

  test("says so when the scale is not the paper's", () => {
    expect(markdown([real("linear", 2600)], provenance("real", "smoke"))).toContain(
      "Scale smoke does not use the paper's model and schedule",
    );
    expect(markdown([real("linear", 2600)])).not.toContain("## Notes");
  });

  test("leaves the paper's number out of rows whose data are synthetic", () => {
    const [rafdb, ferplus] = [provenance("real").data[0]!, provenance("synthetic").data[1]!];
    const mixed = { ...provenance("real", "paper"), data: [rafdb, ferplus] };
    const text = markdown(
      [real("linear", 2600), row("linear", [run(0, 400)], { dataset: "FERPlus" })],
      mixed,
    );
    expect(`\n${body(text).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      | Data set | Labels, f |   δ | Accuracy (%)                    | Paper (%) |
      | :------- | :-------- | --: | :------------------------------ | --------: |
      | RAF-DB   | Linear    | 0.2 | 84.8 ± 0.1 (2599, 2605 of 3068) |     87.09 |
      | FERPlus  | Linear    | 0.2 | 79.8 [76.1, 83.1] (399/500)     |         – |
      "
    `);
    expect(text).toContain("**The data of FERPlus are synthetic");
  });

  test("refuses a row that the provenance contradicts", () => {
    expect(() =>
      markdown([real("linear", 2600)], provenance("synthetic")),
    ).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table2: expected the provenance to describe RAF-DB as real, got synthetic]`,
    );
    expect(() =>
      markdown([real("linear", 2600, { dataset: "CK+" })]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table2: expected the provenance to describe CK+ as real, got no description]`,
    );
  });

  test("refuses to be empty", () => {
    expect(() => markdown([])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table2: expected at least one row, got none]`,
    );
    expect(() =>
      markdown([row("linear", [], { kind: "real" })]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table2: expected at least one run of Linear on RAF-DB, got none]`,
    );
  });
});
