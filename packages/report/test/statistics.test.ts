import { meanOverSeeds, wilsonInterval } from "@mvt/report";
import { describe, expect, test } from "vitest";

describe("the standard deviation over seeds", () => {
  test("divides by n - 1", () => {
    expect(meanOverSeeds([1, 2, 3]).std).toBe(1);
  });

  test("agrees with numpy.std(ddof=1)", () => {
    expect(meanOverSeeds([390 / 500, 394 / 500, 392 / 500]).std).toBeCloseTo(
      0.0040000000000000036,
      15,
    );
  });

  test("is zero for equal values", () => {
    expect(meanOverSeeds([0.7, 0.7]).std).toBe(0);
  });

  test("is unknown for a single value", () => {
    expect(meanOverSeeds([0.7]).std).toBeUndefined();
  });
});

describe("the Wilson interval", () => {
  // scipy 1.17.1: binomtest(k, n).proportion_ci(0.95, "wilson")
  test.for([
    { k: 392, n: 500, low: 0.7458371194720325, high: 0.8178322551458058 },
    { k: 2683, n: 3068, low: 0.8623186058616543, high: 0.8857668766756579 },
    { k: 0, n: 20, low: 0, high: 0.16112515805281935 },
    { k: 1, n: 20, low: 0.008881448800795402, high: 0.23613119344674205 },
    { k: 20, n: 20, low: 0.8388748419471808, high: 1 },
  ])("agrees with scipy for $k of $n", ({ k, n, low, high }) => {
    const interval = wilsonInterval(k, n);
    expect([interval.low, interval.high]).toBeAllClose([low, high], { rtol: 1e-13 });
  });

  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I, method 3.
  test.for([
    { k: 81, n: 263, low: 0.2553, high: 0.3662 },
    { k: 15, n: 148, low: 0.0624, high: 0.1605 },
    { k: 0, n: 20, low: 0, high: 0.1611 },
    { k: 1, n: 29, low: 0.0061, high: 0.1718 },
  ])("agrees with Newcombe's table for $k of $n", ({ k, n, low, high }) => {
    const interval = wilsonInterval(k, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test("is the same seen from the wrong predictions", () => {
    const right = wilsonInterval(30, 40);
    const wrong = wilsonInterval(10, 40);
    expect([right.low, right.high]).toBeAllClose([1 - wrong.high, 1 - wrong.low]);
  });

  test("narrows as images are added", () => {
    const width = (k: number, n: number) => wilsonInterval(k, n).high - wilsonInterval(k, n).low;
    expect(width(800, 1000)).toBeLessThan(width(80, 100));
  });
});
