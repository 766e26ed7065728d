import { readFileSync } from "node:fs";
import { holm, mcnemarMidP, meanRecall, pairedT, studentP, tQuantile95 } from "@mvt/report";
import { describe, expect, test } from "vitest";
import { indices } from "./fixtures/golden.ts";

interface Golden {
  readonly student: readonly { readonly t: number; readonly df: number; readonly p: number }[];
  readonly paired: readonly {
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly p: number;
    readonly low: number;
    readonly high: number;
    readonly standardError: number;
  }[];
  readonly midP: readonly { readonly b: number; readonly c: number; readonly p: number }[];
  readonly holm: readonly {
    readonly ps: readonly number[];
    readonly adjusted: readonly number[];
  }[];
  readonly recalls: {
    readonly K: number;
    readonly labels: string;
    readonly predicted: string;
    readonly uar: number;
  };
}

/** Made by golden/paired-tests.py. */
const golden = JSON.parse(
  readFileSync(new URL("golden/paired-tests.json", import.meta.url), "utf8"),
) as Golden;

describe("Student's p", () => {
  test.for(golden.student)("agrees with scipy.stats.t for t = $t, df = $df", ({ t, df, p }) => {
    expect([studentP(t, df)]).toBeAllClose([p], { rtol: 1e-11, atol: 1e-13 });
  });

  test("is 5 % at the quantile that tables print", () => {
    expect([1, 4, 30].map((df) => tQuantile95(df).toFixed(3))).toEqual([
      "12.706",
      "2.776",
      "2.042",
    ]);
  });

  test("needs a degree of freedom", () => {
    expect(() => studentP(1, 0)).toThrow("expected whole degrees of freedom above 0, got 0");
  });
});

describe("the paired t-test", () => {
  test.for(golden.paired)("agrees with scipy.stats.ttest_rel, p = $p", ({ a, b, ...expected }) => {
    const { p, interval, standardError } = pairedT(a.map((value, i) => value - b[i]!));
    expect([p!, interval!.low, interval!.high, standardError!]).toBeAllClose(
      [expected.p, expected.low, expected.high, expected.standardError],
      { rtol: 1e-9, atol: 1e-12 },
    );
  });

  test("says nothing of chance with one difference", () => {
    expect(pairedT([0.02])).toEqual({ mean: 0.02 });
  });

  test("is certain of differences that are all equal, and of none if they are zero", () => {
    expect([pairedT([0.5, 0.5]).p, pairedT([0, 0]).p]).toEqual([0, 1]);
  });
});

describe("the mid-p of McNemar's test", () => {
  test.for(golden.midP)("agrees with scipy.stats.binomtest for b = $b, c = $c", ({ b, c, p }) => {
    expect([mcnemarMidP(b, c)]).toBeAllClose([p], { rtol: 1e-10, atol: 1e-15 });
  });

  test("finds no difference where both disagree evenly or never", () => {
    expect([mcnemarMidP(0, 0), mcnemarMidP(6, 6)]).toEqual([1, 1]);
  });

  test("refuses what is no count", () => {
    expect(() => mcnemarMidP(1.5, 2)).toThrow("expected two counts of images, got 1.5 and 2");
  });
});

describe("Holm's correction", () => {
  test.for(golden.holm)("agrees with statsmodels for $ps", ({ ps, adjusted }) => {
    expect([...holm(ps)]).toBeAllClose([...adjusted], { rtol: 1e-13 });
  });
});

describe("the mean recall", () => {
  test("agrees with scikit-learn's macro recall", () => {
    const { K, labels, predicted, uar } = golden.recalls;
    const classes = Array.from({ length: K }, (_, i) => `class ${i}`);
    const value = meanRecall({ classes, labels: indices(labels), predicted: indices(predicted) });
    expect(value).toBeCloseTo(uar, 14);
  });
});
