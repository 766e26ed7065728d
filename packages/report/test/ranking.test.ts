/** @file Rankings against known positives, by scikit-learn and by hand. */
import { rankingQuality } from "@mvt/report";
import { describe, expect, test } from "vitest";
import { golden, indices } from "./fixtures/golden.ts";

describe("the quality of a ranking", () => {
  test.for(golden.rankings)("agrees with scikit-learn: $name", (expected) => {
    const { auroc, averagePrecision } = rankingQuality(expected.scores, indices(expected.positive));
    expect(auroc).toBeCloseTo(expected.auroc, 14);
    expect(averagePrecision).toBeCloseTo(expected.averagePrecision, 14);
  });

  test("counts pairs in the right order", () => {
    // 3 and 1 against 2, 1 and 0: all but 1 before 2, and a tie.
    expect(rankingQuality([3, 1, 2, 1, 0], [1, 1, 0, 0, 0])).toMatchObject({
      k: 2,
      n: 5,
      auroc: 4.5 / 6,
    });
  });

  test("takes the precision at every positive", () => {
    expect(rankingQuality([4, 3, 2, 1], [1, 0, 1, 0]).averagePrecision).toBe((1 + 2 / 3) / 2);
  });

  test("is 1 or 0 where the order separates the two, and 1/2 where all are equal", () => {
    expect(rankingQuality([2, 3, 0, 1], [1, 1, 0, 0]).auroc).toBe(1);
    expect(rankingQuality([0, 1, 2, 3], [1, 1, 0, 0]).auroc).toBe(0);
    expect(rankingQuality([5, 5, 5, 5], [1, 1, 0, 0]).auroc).toBe(0.5);
  });

  test("has for a random order the share of positives as average precision", () => {
    expect(rankingQuality([5, 5, 5, 5], [1, 0, 0, 0]).averagePrecision).toBe(1 / 4);
  });

  test("is undefined where there is nothing to tell apart", () => {
    expect(rankingQuality([1, 2], [0, 0])).toEqual({
      k: 0,
      n: 2,
      auroc: undefined,
      averagePrecision: undefined,
    });
    expect(rankingQuality([1, 2], [1, 1])).toMatchObject({ auroc: undefined, averagePrecision: 1 });
    expect(rankingQuality([], [])).toMatchObject({ k: 0, n: 0, auroc: undefined });
  });

  test("takes infinite scores, but none that are no number", () => {
    expect(rankingQuality([Infinity, -Infinity, 0], [1, 0, 0]).auroc).toBe(1);
    expect(() => rankingQuality([1, NaN], [0, 1])).toThrow(
      "rankingQuality: expected numbers, got NaN for image 1",
    );
    expect(() => rankingQuality([1], [0, 1])).toThrow(
      "rankingQuality: expected a score for each of 2 images, got 1",
    );
  });
});
