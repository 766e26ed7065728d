import { compare, mcnemarExact } from "@mvt/report";
import { describe, expect, test } from "vitest";
import { predictionsOf, first } from "./fixtures/predictions.ts";
import { golden, goldenDraws, indices } from "./fixtures/golden.ts";

describe("McNemar's exact test", () => {
  test.for(golden.mcnemar)(
    "agrees with scipy.stats.binomtest for b = $b, c = $c",
    ({ b, c, p }) => {
      expect([mcnemarExact(b, c)]).toBeAllClose([p], { rtol: 1e-11, atol: 0 });
    },
  );

  test("is 2 (1/2)^5 if one is correct five times and the other never", () => {
    expect(mcnemarExact(0, 5)).toBeCloseTo(2 / 32, 15);
  });

  test("does not depend on which is first", () => {
    expect(mcnemarExact(12, 25)).toBe(mcnemarExact(25, 12));
  });

  test("finds no difference if they disagree evenly or never", () => {
    expect([mcnemarExact(0, 0), mcnemarExact(8, 8), mcnemarExact(7, 8)]).toEqual([1, 1, 1]);
  });

  test("refuses numbers that are not counts", () => {
    expect(() => mcnemarExact(-1, 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: mcnemarExact: expected two counts of images, got -1 and 3]`,
    );
  });
});

describe("a comparison of two classifiers", () => {
  const { K, labels, second, counts, p, resamples, differences, ...expected } = golden.comparison;
  const classes = Array.from({ length: K }, (_, i) => `class ${i}`);
  const both = { classes, labels: indices(labels) };
  const comparison = compare(
    { ...both, predicted: indices(expected.first) },
    { ...both, predicted: indices(second) },
    { resamples, stratified: false, integer: goldenDraws() },
  );

  test("counts the images that both, one or neither predict correctly, and tests as SciPy does", () => {
    const { both: right, onlyFirst, onlySecond, neither, n } = comparison;
    expect([right, onlyFirst, onlySecond, neither]).toEqual(counts);
    expect(right + onlyFirst + onlySecond + neither).toBe(n);
    expect([comparison.p]).toBeAllClose([p], { rtol: 1e-12, atol: 0 });
  });

  test("pairs the images in every resample, as scikit-learn on the same draws", () => {
    const { accuracy, meanClassAccuracy, macroF1 } = comparison;
    const ends = [accuracy, meanClassAccuracy, macroF1].flatMap(({ difference: { interval } }) => [
      interval!.low,
      interval!.high,
    ]);
    expect(ends).toBeAllClose(differences.flat(), { rtol: 1e-12, atol: 1e-14 });
  });

  test("subtracts the first from the second", () => {
    const { accuracy, onlyFirst, onlySecond, n } = comparison;
    expect(accuracy.difference.value).toBeCloseTo((onlySecond - onlyFirst) / n, 14);
    expect(accuracy.difference.value).toBe(accuracy.second.value - accuracy.first.value);
  });

  test("finds no difference between a classifier and itself", () => {
    const one = predictionsOf("aa ab bb cb");
    const { p: certain, onlyFirst, onlySecond, macroF1 } = compare(one, one, first);
    expect([certain, onlyFirst, onlySecond]).toEqual([1, 0, 0]);
    expect(macroF1.difference).toEqual({ value: 0, interval: { low: 0, high: 0 } });
  });

  test("refuses other images", () => {
    const refused =
      "[RangeError: compare: expected two classifiers' predictions for the same images, got different classes or labels]";
    const one = predictionsOf("aa ab bb");
    for (const other of [
      predictionsOf("aa bb bb"),
      predictionsOf("aa ab"),
      predictionsOf("aa ab bb", 4),
    ]) {
      expect(() => compare(one, other, first)).toThrow(RangeError);
      expect(() => compare(one, other, first)).toThrow(refused.slice(13, -1));
    }
  });
});
