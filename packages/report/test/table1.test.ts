import { toCsv, toMarkdown, type Selection } from "@mvt/report";
import { table1 } from "@mvt/report/tables/table1";
import { describe, expect, test } from "vitest";
import { ratioRow } from "./fixtures/modules.ts";
import { provenance } from "./fixtures/runs.ts";

const last = { select: "last" } as const;
const body = (text: string) => text.split("\n").filter((line) => line.startsWith("|"));

describe("Table 1 on synthetic data", () => {
  const rows = [
    ratioRow(0.2, [390, 394]),
    ratioRow(0, [380, 372]),
    ratioRow(0.15, [402, 398]),
    ratioRow(0.1, [385, 381]),
    ratioRow(0, [300], { dataset: "FERPlus" }),
    ratioRow(0.125, [341], { dataset: "FERPlus" }),
  ];
  const select = (selection: Selection) =>
    table1.build(rows, provenance("synthetic"), { select: selection });

  test("is ascending in m, from the baseline on, by data set", () => {
    expect(toMarkdown(select("validation"))).toMatchInlineSnapshot(`
      "# Table 1: accuracy by mask ratio m, without relabelling

      On RAF-DB, no row is distinguishable from the baseline; the largest difference is that of m = 15 % (+4.8 ± 2.6 points, p = 0.206); on FERPlus, accuracy is clearly higher with m = 12.5 % (+8.2 ± 3.0 points, p = 0.007) than with the baseline (2 seeds, 500 test images, p corrected for 3 comparisons). One standard error of a row is 1.8 to 2.2 points.

      **The data are synthetic: faces drawn by this project, in the file layout of the named data set. These numbers are not comparable with the paper's.**

      | Data set | Mask ratio m (%) | Accuracy (%)                     |
      | :------- | :--------------- | :------------------------------- |
      | RAF-DB   | 0 (baseline)     | 75.2 ± 1.1 (380, 372 of 500)     |
      | RAF-DB   | 10               | 76.6 ± 0.6 (385, 381 of 500)     |
      | RAF-DB   | 15               | **80.0 ± 0.6** (402, 398 of 500) |
      | RAF-DB   | 20               | 78.4 ± 0.6 (390, 394 of 500)     |
      | FERPlus  | 0 (baseline)     | 60.0 [55.6, 64.2] (300/500)      |
      | FERPlus  | 12.5             | **68.2** [64.0, 72.1] (341/500)  |

      ## Compared with the baseline

      After ± follows the standard error of the difference, the larger of that over seeds and that over test images; the 95 % interval is the wider of the two. p by image: from the two accuracies, as if each row had test images of its own. It is too large rather than too small. p by seed: Student's paired t-test over the seeds. Corrected: the larger of the p-values, by Holm's method for the comparisons on one data set; from 0.05 on, a row is not distinguishable from its reference.

      | Data set | Row        | Difference (points) | 95 %           | p by image | p by seed | p, corrected | Verdict             |
      | :------- | :--------- | :------------------ | :------------- | :--------- | :-------- | :----------- | :------------------ |
      | RAF-DB   | m = 10 %   | +1.4 ± 2.7          | −3.9 to +6.7   | 0.605      | 0.177     | 0.605        | not distinguishable |
      | RAF-DB   | m = 15 %   | +4.8 ± 2.6          | −0.4 to +10.0  | 0.069      | 0.053     | 0.206        | not distinguishable |
      | RAF-DB   | m = 20 %   | +3.2 ± 2.7          | −12.0 to +18.4 | 0.231      | 0.228     | 0.461        | not distinguishable |
      | FERPlus  | m = 12.5 % | +8.2 ± 3.0          | +2.3 to +14.1  | 0.007      | –         | 0.007        | higher              |

      ## How to read this table

      - Accuracy: measured on the whole test set, with the weights of the epoch that was best on images held out from the training set.
      - With several seeds: after ± follows the standard deviation over seeds (n − 1 in the denominator); the brackets hold the number of correct images of each seed.
      - With one seed: the 95 % Wilson interval and the number of correct images follow the accuracy.
      - Bold: the highest mean of its data set. A difference may be chance if it is no larger than its standard error, √(SE₁² + SE₂²). The SE of a mean is the larger of two: s/√S over S seeds, and √(p(1 − p)/n) over n test images.
      - Mask ratio: the fraction of the image that MGN is trained to remove. The baseline has no MGN.

      ## Notes

      - RAF-DB: m = 20 % is within one standard error of the best row, m = 15 %. The difference may be chance.

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

  test("has one CSV line per data set and mask ratio, with every count", () => {
    expect(toCsv(select("validation"))).toMatchInlineSnapshot(`
      "dataset,m,seeds,validation_accuracy_mean,validation_accuracy_std,validation_accuracy_k,validation_accuracy_n,validation_accuracy_epoch,last_accuracy_mean,last_accuracy_std,last_accuracy_k,last_accuracy_n,last_accuracy_epoch,best_on_test_accuracy_mean,best_on_test_accuracy_std,best_on_test_accuracy_k,best_on_test_accuracy_n,best_on_test_accuracy_epoch,validation_uar_mean,validation_uar_std,validation_uar_by_seed,difference,difference_se,difference_low,difference_high,p_by_image,p_by_seed,p_holm,verdict,data_kind,label_noise,runs
      RAF-DB,0,0 1,75.2000,1.1314,380 372,500 500,4 4,75.0000,1.1314,379 371,500 500,6 6,75.6000,1.1314,382 374,500 500,5 5,,,,,,,,,,,,synthetic,0.1,run-0-380 run-1-372
      RAF-DB,0.1,0 1,76.6000,0.5657,385 381,500 500,4 4,76.4000,0.5657,384 380,500 500,6 6,77.0000,0.5657,387 383,500 500,5 5,,,,1.4000,2.7046,-3.9009,6.7009,0.604825,0.177171,0.604825,not distinguishable,synthetic,0.1,run-0-385 run-1-381
      RAF-DB,0.15,0 1,80.0000,0.5657,402 398,500 500,4 4,79.8000,0.5657,401 397,500 500,6 6,80.4000,0.5657,404 400,500 500,5 5,,,,4.8000,2.6325,-0.3596,9.9596,0.0685449,0.0529294,0.205635,not distinguishable,synthetic,0.1,run-0-402 run-1-398
      RAF-DB,0.2,0 1,78.4000,0.5657,390 394,500 500,4 4,78.2000,0.5657,389 393,500 500,6 6,78.8000,0.5657,392 396,500 500,5 5,,,,3.2000,2.6677,-12.0474,18.4474,0.23061,0.228401,0.461221,not distinguishable,synthetic,0.1,run-0-390 run-1-394
      FERPlus,0,0,60.0000,,300,500,4,59.8000,,299,500,6,60.4000,,302,500,5,,,,,,,,,,,,synthetic,0.1,run-0-300
      FERPlus,0.125,0,68.2000,,341,500,4,68.0000,,340,500,6,68.6000,,343,500,5,,,,8.2000,3.0228,2.2754,14.1246,0.00678884,,0.00678884,higher,synthetic,0.1,run-0-341
      "
    `);
  });

  test("has the same accuracies in its CSV whichever Markdown shows; its comparisons are of that one", () => {
    const accuracies = (csv: string) => csv.split("\n").map((line) => line.split(",", 21));
    const [ofLast, ofBest] = [toCsv(select("last")), toCsv(select("best-on-test"))];
    expect(accuracies(ofLast)).toEqual(accuracies(ofBest));
    expect(accuracies(ofLast)[0]!.at(-1)).toBe("validation_uar_by_seed");
    expect(ofLast).not.toBe(ofBest);
    expect(toMarkdown(select("last"))).toContain("of the last epoch");
  });

  test("never shows a number of the paper", () => {
    expect(toMarkdown(select("validation"))).not.toMatch(/Paper|86\.7|87\.91|88\.88/);
  });
});

describe("Table 1 on real data", () => {
  const real = (m: number, k: number, dataset = "RAF-DB") =>
    ratioRow(m, [k, k + 6], { kind: "real", dataset });
  const markdown = (rows: Parameters<typeof table1.build>[0]) =>
    toMarkdown(table1.build(rows, provenance("real", "paper"), last));

  test("has the paper's number for each of its mask ratios, as printed", () => {
    const rows = [
      real(0, 2660),
      real(0.1, 2680),
      real(3 * 0.05, 2698), // 0.15000000000000002
      real(0.3, 2600),
      real(0.2, 2728, "FERPlus"),
    ];
    expect(`\n${body(markdown(rows)).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      | Data set | Mask ratio m (%) | Accuracy (%)                          | Paper (%) |
      | :------- | :--------------- | :------------------------------------ | --------: |
      | RAF-DB   | 0 (baseline)     | 86.77 ± 0.14 (2659, 2665 of 3068)     |      86.7 |
      | RAF-DB   | 10               | 87.42 ± 0.14 (2679, 2685 of 3068)     |     87.52 |
      | RAF-DB   | 15               | **88.01 ± 0.14** (2697, 2703 of 3068) |     87.91 |
      | RAF-DB   | 30               | 84.81 ± 0.14 (2599, 2605 of 3068)     |         – |
      | FERPlus  | 20               | 88.98 ± 0.14 (2727, 2733 of 3068)     |     88.88 |
      | Data set | Row      | Difference (points) | 95 %           | p by image | p by seed   | p, corrected | Verdict             |
      | :------- | :------- | :------------------ | :------------- | :--------- | :---------- | :----------- | :------------------ |
      | RAF-DB   | m = 10 % | +0.65 ± 0.86        | −1.03 to +2.33 | 0.446      | below 0.001 | 0.446        | not distinguishable |
      | RAF-DB   | m = 15 % | +1.24 ± 0.85        | −0.42 to +2.90 | 0.144      | below 0.001 | 0.288        | not distinguishable |
      | RAF-DB   | m = 30 % | −1.96 ± 0.89        | −3.70 to −0.21 | 0.028      | below 0.001 | 0.085        | not distinguishable |
      "
    `);
  });

  test("refuses a mask ratio that comes twice, and one that is none", () => {
    const twice = [real(0.15, 2660), real(3 * 0.05, 2660)];
    expect(() => markdown(twice)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table1: expected one row for m = 0.15000000000000002 on RAF-DB, got two]`,
    );
    expect(() => markdown([real(15, 2660)])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table1: expected a mask ratio m from 0 to below 1 on RAF-DB, got 15]`,
    );
    expect(() => markdown([])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table1: expected at least one row, got none]`,
    );
    expect(() =>
      markdown([ratioRow(0.1, [], { kind: "real" })]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table1: expected at least one run of m = 10 % on RAF-DB, got none]`,
    );
  });
});
