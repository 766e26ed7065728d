import { toCsv, toMarkdown } from "@mvt/report";
import { table3 } from "@mvt/report/tables/table3";
import { describe, expect, test } from "vitest";
import { moduleRow, threeSets } from "./fixtures/modules.ts";

const last = { select: "last" } as const;
const body = (text: string) => text.split("\n").filter((line) => line.startsWith("|"));

describe("Table 3 on synthetic data", () => {
  const affectNet = { dataset: "AffectNet-7" };
  const rows = [
    moduleRow(0.15, "sigmoid", [400, 410]),
    moduleRow(undefined, undefined, [380, 372]),
    moduleRow(undefined, "sigmoid", [398, 402]),
    moduleRow(0.15, undefined, [388, 381]),
    moduleRow(undefined, undefined, [300, 303], affectNet),
    moduleRow(0.15, undefined, [341, 344], affectNet),
  ];
  const table = table3.build(rows, threeSets("synthetic"), last);

  test("has the four combinations of the paper, and leaves those open that were not run", () => {
    expect(toMarkdown(table)).toMatchInlineSnapshot(`
      "# Table 3: accuracy with and without MGN and dynamic relabelling

      On RAF-DB, no row is distinguishable from the baseline; the largest difference is that of MGN with relabelling (+5.8 ± 2.6 points, p = 0.468); on AffectNet-7, accuracy is clearly higher with MGN alone (+8.2 ± 3.0 points, p = 0.007) than with the baseline (2 seeds, 500 test images, p corrected for 3 comparisons). One standard error of a row is 1.8 to 2.2 points.

      **The data are synthetic: faces drawn by this project, in the file layout of the named data set. These numbers are not comparable with the paper's.**

      | Data set    | MGN          | D-Relabel                 | Accuracy (%)                     |
      | :---------- | :----------- | :------------------------ | :------------------------------- |
      | RAF-DB      | ✗            | ✗                         | 75.0 ± 1.1 (379, 371 of 500)     |
      | RAF-DB      | ✓ (m = 15 %) | ✗                         | 76.7 ± 1.0 (387, 380 of 500)     |
      | RAF-DB      | ✗            | ✓ (sigmoid, k=10, x0=0.5) | 79.8 ± 0.6 (397, 401 of 500)     |
      | RAF-DB      | ✓ (m = 15 %) | ✓ (sigmoid, k=10, x0=0.5) | **80.8 ± 1.4** (399, 409 of 500) |
      | AffectNet-7 | ✗            | ✗                         | 60.1 ± 0.4 (299, 302 of 500)     |
      | AffectNet-7 | ✓ (m = 15 %) | ✗                         | **68.3 ± 0.4** (340, 343 of 500) |
      | AffectNet-7 | ✗            | ✓                         | –                                |
      | AffectNet-7 | ✓            | ✓                         | –                                |

      ## Compared with the baseline

      After ± follows the standard error of the difference, the larger of that over seeds and that over test images; the 95 % interval is the wider of the two. p by image: from the two accuracies, as if each row had test images of its own. It is too large rather than too small. p by seed: Student's paired t-test over the seeds. Corrected: the larger of the p-values, by Holm's method for the comparisons on one data set; from 0.05 on, a row is not distinguishable from its reference.

      | Data set    | Row                  | Difference (points) | 95 %           | p by image | p by seed   | p, corrected | Verdict             |
      | :---------- | :------------------- | :------------------ | :------------- | :--------- | :---------- | :----------- | :------------------ |
      | RAF-DB      | MGN alone            | +1.7 ± 2.7          | −3.6 to +7.0   | 0.530      | 0.037       | 0.530        | not distinguishable |
      | RAF-DB      | relabelling alone    | +4.8 ± 2.6          | −10.4 to +20.0 | 0.069      | 0.156       | 0.468        | not distinguishable |
      | RAF-DB      | MGN with relabelling | +5.8 ± 2.6          | −17.1 to +28.7 | 0.027      | 0.192       | 0.468        | not distinguishable |
      | AffectNet-7 | MGN alone            | +8.2 ± 3.0          | +2.3 to +14.1  | 0.007      | below 0.001 | 0.007        | higher              |

      ## How to read this table

      - Accuracy: measured on the whole test set, with the weights of the last epoch.
      - With several seeds: after ± follows the standard deviation over seeds (n − 1 in the denominator); the brackets hold the number of correct images of each seed.
      - Bold: the highest mean of its data set. A difference may be chance if it is no larger than its standard error, √(SE₁² + SE₂²). The SE of a mean is the larger of two: s/√S over S seeds, and √(p(1 − p)/n) over n test images.
      - MGN: whether masks are used, and the mask ratio m.
      - D-Relabel: whether training changes labels, and by which function f.
      - A row without accuracy was not run.

      ## Notes

      - RAF-DB: relabelling alone is within one standard error of the best row, MGN with relabelling. The difference may be chance.

      ## Provenance

      - Command: \`pnpm exp table2\`
      - Commit: 0123abc
      - Scale: quick; seeds: 0, 1, 2
      - Data: RAF-DB, synthetic; layout official, protocol basic; images: train 1800, validation 200, test 500; 180 of 1800 training labels (10.0 %) are wrong: drawn so on purpose; validation labels likewise
      - Data: FERPlus, synthetic; layout csv, protocol argmax-10; images: train 1800, validation 200, test 500; 180 of 1800 training labels (10.0 %) are wrong: drawn so on purpose; validation labels likewise
      - Data: AffectNet-7, synthetic; layout npy, protocol basic; images: train 1800, validation 200, test 500; 180 of 1800 training labels (10.0 %) are wrong: drawn so on purpose; validation labels likewise
      - Machine: Some CPU at 2.5 GHz, 2 cores, 8.0 GiB; linux 6.1; Node 26.10.0; backend onnx, cpu (onnxruntime-node 1.30.0)
      - Date: 2026-11-23T12:00:00.000Z
      "
    `);
  });

  test("has one CSV line per data set and combination, with every count", () => {
    expect(toCsv(table)).toMatchInlineSnapshot(`
      "dataset,mgn,m,relabel,f,parameters,seeds,validation_accuracy_mean,validation_accuracy_std,validation_accuracy_k,validation_accuracy_n,validation_accuracy_epoch,last_accuracy_mean,last_accuracy_std,last_accuracy_k,last_accuracy_n,last_accuracy_epoch,best_on_test_accuracy_mean,best_on_test_accuracy_std,best_on_test_accuracy_k,best_on_test_accuracy_n,best_on_test_accuracy_epoch,validation_uar_mean,validation_uar_std,validation_uar_by_seed,difference,difference_se,difference_low,difference_high,p_by_image,p_by_seed,p_holm,verdict,data_kind,label_noise,runs
      RAF-DB,false,,false,,,0 1,75.2000,1.1314,380 372,500 500,4 4,75.0000,1.1314,379 371,500 500,6 6,75.6000,1.1314,382 374,500 500,5 5,,,,,,,,,,,,synthetic,0.1,run-0-380 run-1-372
      RAF-DB,true,0.15,false,,,0 1,76.9000,0.9899,388 381,500 500,4 4,76.7000,0.9899,387 380,500 500,6 6,77.3000,0.9899,390 383,500 500,5 5,,,,1.7000,2.7063,-3.6043,7.0043,0.530045,0.0374051,0.530045,not distinguishable,synthetic,0.1,run-0-388 run-1-381
      RAF-DB,false,,true,sigmoid,"k=10,x0=0.5",0 1,80.0000,0.5657,398 402,500 500,4 4,79.8000,0.5657,397 401,500 500,6 6,80.4000,0.5657,400 404,500 500,5 5,,,,4.8000,2.6408,-10.4474,20.0474,0.0694222,0.155958,0.467875,not distinguishable,synthetic,0.1,run-0-398 run-1-402
      RAF-DB,true,0.15,true,sigmoid,"k=10,x0=0.5",0 1,81.0000,1.4142,400 410,500 500,4 4,80.8000,1.4142,399 409,500 500,6 6,81.4000,1.4142,402 412,500 500,5 5,,,,5.8000,2.6178,-17.0712,28.6712,0.0269422,0.191572,0.467875,not distinguishable,synthetic,0.1,run-0-400 run-1-410
      AffectNet-7,false,,false,,,0 1,60.3000,0.4243,300 303,500 500,4 4,60.1000,0.4243,299 302,500 500,6 6,60.7000,0.4243,302 305,500 500,5 5,,,,,,,,,,,,synthetic,0.1,run-0-300 run-1-303
      AffectNet-7,true,0.15,false,,,0 1,68.5000,0.4243,341 344,500 500,4 4,68.3000,0.4243,340 343,500 500,6 6,68.9000,0.4243,343 346,500 500,5 5,,,,8.2000,3.0210,2.2790,14.1210,0.00675472,0,0.00675472,higher,synthetic,0.1,run-0-341 run-1-344
      AffectNet-7,false,,true,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,synthetic,0.1,
      AffectNet-7,true,,true,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,synthetic,0.1,
      "
    `);
  });

  test("never shows a number of the paper", () => {
    expect(toMarkdown(table)).not.toMatch(/Paper|86\.67|88\.62|63\.79/);
  });
});

describe("Table 3 on real data", () => {
  const real = (
    ...[mgn, f, k, dataset]: [number | undefined, string | undefined, number, string]
  ) => moduleRow(mgn, f, [k, k + 6], { kind: "real", dataset });
  const markdown = (rows: Parameters<typeof table3.build>[0]) =>
    toMarkdown(table3.build(rows, threeSets("real", "paper"), last));

  test("has the paper's number for the m and the f that the paper chose", () => {
    const rows = [
      real(undefined, undefined, 2660, "RAF-DB"),
      real(0.15, undefined, 2697, "RAF-DB"),
      real(undefined, "sigmoid", 2683, "RAF-DB"),
      real(0.15, "sigmoid", 2719, "RAF-DB"),
      real(undefined, undefined, 2697, "FERPlus"),
      real(0.2, undefined, 2727, "FERPlus"),
      real(undefined, "quadratic", 2721, "FERPlus"),
      real(0.2, "quadratic", 2737, "FERPlus"),
      real(undefined, undefined, 1957, "AffectNet-7"),
      real(0.15, undefined, 1981, "AffectNet-7"),
    ];
    expect(`\n${body(markdown(rows)).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      | Data set    | MGN          | D-Relabel                 | Accuracy (%)                          | Paper (%) |
      | :---------- | :----------- | :------------------------ | :------------------------------------ | --------: |
      | RAF-DB      | ✗            | ✗                         | 86.77 ± 0.14 (2659, 2665 of 3068)     |     86.67 |
      | RAF-DB      | ✓ (m = 15 %) | ✗                         | 87.97 ± 0.14 (2696, 2702 of 3068)     |     87.91 |
      | RAF-DB      | ✗            | ✓ (sigmoid, k=10, x0=0.5) | 87.52 ± 0.14 (2682, 2688 of 3068)     |     87.45 |
      | RAF-DB      | ✓ (m = 15 %) | ✓ (sigmoid, k=10, x0=0.5) | **88.69 ± 0.14** (2718, 2724 of 3068) |     88.62 |
      | FERPlus     | ✗            | ✗                         | 87.97 ± 0.14 (2696, 2702 of 3068)     |     87.92 |
      | FERPlus     | ✓ (m = 20 %) | ✗                         | 88.95 ± 0.14 (2726, 2732 of 3068)     |     88.88 |
      | FERPlus     | ✗            | ✓ (quadratic)             | 88.75 ± 0.14 (2720, 2726 of 3068)     |     88.68 |
      | FERPlus     | ✓ (m = 20 %) | ✓ (quadratic)             | **89.28 ± 0.14** (2736, 2742 of 3068) |     89.22 |
      | AffectNet-7 | ✗            | ✗                         | 63.85 ± 0.14 (1956, 1962 of 3068)     |     63.79 |
      | AffectNet-7 | ✓ (m = 15 %) | ✗                         | **64.63 ± 0.14** (1980, 1986 of 3068) |     64.57 |
      | AffectNet-7 | ✗            | ✓                         | –                                     |         – |
      | AffectNet-7 | ✓            | ✓                         | –                                     |         – |
      | Data set    | Row                  | Difference (points) | 95 %           | p by image | p by seed   | p, corrected | Verdict             |
      | :---------- | :------------------- | :------------------ | :------------- | :--------- | :---------- | :----------- | :------------------ |
      | RAF-DB      | MGN alone            | +1.21 ± 0.85        | −0.46 to +2.87 | 0.155      | below 0.001 | 0.310        | not distinguishable |
      | RAF-DB      | relabelling alone    | +0.75 ± 0.85        | −0.93 to +2.42 | 0.380      | below 0.001 | 0.380        | not distinguishable |
      | RAF-DB      | MGN with relabelling | +1.92 ± 0.84        | +0.28 to +3.56 | 0.022      | below 0.001 | 0.065        | not distinguishable |
      | FERPlus     | MGN alone            | +0.98 ± 0.82        | −0.62 to +2.58 | 0.231      | below 0.001 | 0.461        | not distinguishable |
      | FERPlus     | relabelling alone    | +0.78 ± 0.82        | −0.82 to +2.39 | 0.339      | below 0.001 | 0.461        | not distinguishable |
      | FERPlus     | MGN with relabelling | +1.30 ± 0.81        | −0.28 to +2.89 | 0.108      | below 0.001 | 0.323        | not distinguishable |
      | AffectNet-7 | MGN alone            | +0.78 ± 1.22        | −1.62 to +3.18 | 0.523      | below 0.001 | 0.523        | not distinguishable |
      "
    `);
  });

  test("leaves the paper's number out for another m or f", () => {
    const plugin = { name: "sigmoid", parameters: {}, plugin: true };
    const text = markdown([
      real(0.2, undefined, 2697, "RAF-DB"),
      { ...real(undefined, undefined, 2697, "RAF-DB"), relabel: plugin },
      real(0.15, "linear", 2697, "RAF-DB"),
    ]);
    expect(text).toContain("✓ (sigmoid, plugin)");
    expect(text).not.toContain("Paper");
  });

  test("refuses a combination that comes twice, and MGN that removes nothing", () => {
    const baseline = real(undefined, undefined, 2660, "RAF-DB");
    expect(() => markdown([baseline, baseline])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table3: expected one row for the baseline on RAF-DB, got two]`,
    );
    expect(() => markdown([real(0, undefined, 2660, "RAF-DB")])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table3: expected a mask ratio m from above 0 to below 1 on RAF-DB, got 0]`,
    );
    expect(() => markdown([])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table3: expected at least one row, got none]`,
    );
  });
});
