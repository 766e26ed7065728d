import { accuracy } from "@mvt/report";
import { describe, expect, test } from "vitest";

const runs = (...counts: readonly number[]) =>
  counts.map((k, seed) => ({ seed, k, n: 500, epoch: 6 }));

describe("an accuracy", () => {
  test("is the mean over seeds, with their standard deviation", () => {
    const { mean, std, interval } = accuracy(runs(390, 394, 392));
    expect(mean).toBeCloseTo(0.784, 12);
    expect(std).toBeCloseTo(0.004, 12);
    expect(interval).toBeUndefined();
  });

  test("has an interval instead of a standard deviation with one seed", () => {
    const { mean, std, interval } = accuracy(runs(392));
    expect(mean).toBe(0.784);
    expect(std).toBeUndefined();
    expect(interval?.low).toBeCloseTo(0.7458, 4);
  });

  test("takes its standard error from the test set where seeds agree by chance", () => {
    expect(accuracy(runs(400, 400)).standardError).toBeCloseTo(Math.sqrt((0.8 * 0.2) / 500), 12);
  });

  test("takes its standard error from the seeds where they spread more than the test set allows", () => {
    const { std, standardError } = accuracy(runs(300, 400));
    expect(standardError).toBeCloseTo(std! / Math.SQRT2, 12);
  });

  test("does not depend on the order of the seeds", () => {
    const inOrder = runs(390, 394, 392);
    expect(accuracy(inOrder.toReversed()).runs).toEqual(inOrder);
  });

  test("refuses an empty list and counts that can not be", () => {
    expect(() => accuracy([])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: accuracy: expected at least one run, got none]`,
    );
    expect(() => accuracy(runs(390, 501))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: accuracy: expected k of n images with 0 <= k <= n and n > 0, got 501 of 500 for seed 1]`,
    );
    expect(() => accuracy([{ seed: 0, k: 0, n: 0, epoch: 1 }])).toThrow("got 0 of 0");
  });
});
