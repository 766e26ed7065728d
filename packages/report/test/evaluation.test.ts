import { confusionMatrix, evaluate, type Evaluation, wilsonInterval } from "@mvt/report";
import { describe, expect, test } from "vitest";
import { predictionsOf, first } from "./fixtures/predictions.ts";
import { golden, goldenDraws, indices } from "./fixtures/golden.ts";

/** A generator with draws of its own. */
const draws = (resamples: number, { seed = 7, stratified = false } = {}) => ({
  resamples,
  stratified,
  integer: goldenDraws(seed),
});
const classesOf = (K: number) => Array.from({ length: K }, (_, i) => `class ${i}`);
const f1Of = ({ classes }: Evaluation) => classes.map(({ f1 }) => f1?.value ?? null);

describe("an evaluation", () => {
  const evaluation = evaluate(predictionsOf("aa aa ab ba bb cc"), first);

  test("counts the correct images", () => {
    expect([evaluation.k, evaluation.n]).toEqual([4, 6]);
    expect(evaluation.accuracy.value).toBe(4 / 6);
  });

  test("gives every class the same say in the mean class accuracy", () => {
    expect(evaluation.meanClassAccuracy.value).toBeCloseTo((2 / 3 + 1 / 2 + 1) / 3, 15);
  });

  test("has 2 TP / (2 TP + FP + FN) as F1, and its mean over classes as macro F1", () => {
    const [a, b, c] = [4 / 6, 2 / 4, 1];
    expect(f1Of(evaluation)).toEqual([a, b, c]);
    expect(evaluation.macroF1.value).toBeCloseTo((a + b + c) / 3, 15);
  });

  test("has rows of true classes and columns of predictions", () => {
    expect(confusionMatrix(predictionsOf("aa aa ab ba bb cc"))).toEqual([
      [2, 1, 0],
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect(evaluation.confusion[0]?.map(({ count }) => count)).toEqual([2, 1, 0]);
    expect(evaluation.confusion[0]?.[1]?.fraction?.value).toBe(1 / 3);
  });

  test("leaves a class out of the means that has no image, and no F1 if it is never predicted", () => {
    const { meanClassAccuracy, macroF1, classes, confusion } = evaluate(
      predictionsOf("aa aa ac bb", 4),
      first,
    );
    expect(meanClassAccuracy.value).toBe((2 / 3 + 1) / 2);
    expect(classes.map(({ f1 }) => f1?.value)).toEqual([4 / 5, 1, 0, undefined]);
    expect(macroF1.value).toBeCloseTo((4 / 5 + 1 + 0) / 3, 15);
    expect(confusion[3]?.map(({ fraction }) => fraction)).toEqual(Array(4).fill(undefined));
  });

  test("is the same whatever the order of the images", () => {
    const { accuracy, meanClassAccuracy, macroF1 } = evaluation;
    const turned = evaluate(predictionsOf("cc bb ba ab aa aa"), first);
    expect([turned.accuracy.value, turned.meanClassAccuracy.value, turned.macroF1.value]).toEqual([
      accuracy.value,
      meanClassAccuracy.value,
      macroF1.value,
    ]);
  });

  test("refuses predictions that are not classes", () => {
    const of = (labels: readonly number[], predicted: readonly number[]) => () =>
      evaluate(
        {
          classes: ["a", "b"],
          labels: Int32Array.from(labels),
          predicted: Int32Array.from(predicted),
        },
        first,
      );
    expect(of([], [])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: evaluate: expected at least one image, got none]`,
    );
    expect(of([0, 1], [0])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: evaluate: expected a prediction for each of 2 images, got 1]`,
    );
    expect(of([0, 1], [0, -1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: evaluate: expected class indices from 0 to 1, got -1]`,
    );
  });
});

describe("the metrics", () => {
  const all = [...golden.evaluations, { ...golden.absent, name: "two classes without images" }];
  test.for(all)("agree with scikit-learn: $name", (expected) => {
    const predictions = {
      classes: classesOf(expected.K),
      labels: indices(expected.labels),
      predicted: indices(expected.predicted),
    };
    const evaluation = evaluate(predictions, first);
    const { accuracy, meanClassAccuracy, macroF1 } = evaluation;
    expect([accuracy.value, meanClassAccuracy.value, macroF1.value]).toBeAllClose(
      [expected.accuracy, expected.meanClassAccuracy, expected.macroF1],
      { rtol: 1e-14 },
    );
    // NaN is in no order: a class is undefined on both sides or on none.
    const orMinusOne = (values: readonly (number | null)[]) => values.map((value) => value ?? -1);
    expect(orMinusOne(f1Of(evaluation))).toBeAllClose(orMinusOne(expected.f1), { rtol: 1e-14 });
    expect(confusionMatrix(predictions)).toEqual(expected.confusion);
  });
});

describe("the bootstrap interval", () => {
  const ofSize = (n: number) =>
    predictionsOf(Array.from({ length: n }, (_, i) => (i % 5 === 0 ? "ab" : "aa")).join(" "));
  /** 240 of 300 correct: nearly all of class a, a few of class b. */
  const twoClasses = predictionsOf(
    [
      ...Array(230).fill("aa"),
      ...Array(5).fill("ab"),
      ...Array(10).fill("bb"),
      ...Array(55).fill("ba"),
    ].join(" "),
  );

  test.for(golden.evaluations)(
    "agrees with numpy and scikit-learn on the same draws: $name",
    ({ K, labels, predicted, resamples, stratified, intervals }) => {
      const evaluation = evaluate(
        { classes: classesOf(K), labels: indices(labels), predicted: indices(predicted) },
        { resamples, stratified, integer: goldenDraws() },
      );
      const { accuracy, meanClassAccuracy, macroF1, classes } = evaluation;
      const estimates = [accuracy, meanClassAccuracy, macroF1, ...classes.map(({ f1 }) => f1)];
      const ends = estimates.flatMap((one) =>
        one?.interval ? [one.interval.low, one.interval.high] : [-1, -1],
      );
      const expected = intervals.flat().map((end) => end ?? -1);
      expect(ends).toBeAllClose(expected, { rtol: 1e-13 });
    },
  );

  test.for(golden.evaluations)(
    "agrees with scipy.stats.bootstrap to one image: $name",
    ({ K, labels, predicted, stratified, scipyAccuracyInterval }) => {
      const predictions = {
        classes: classesOf(K),
        labels: indices(labels),
        predicted: indices(predicted),
      };
      const { accuracy, n } = evaluate(predictions, draws(4000, { stratified }));
      const { low, high } = accuracy.interval!;
      expect([low, high]).toBeAllClose(scipyAccuracyInterval, { rtol: 0, atol: 1.001 / n });
    },
  );

  test("is as wide as the binomial distribution makes it, for one class", () => {
    const { low, high } = evaluate(ofSize(500), draws(4000)).accuracy.interval!;
    const half = 1.96 * Math.sqrt((0.8 * 0.2) / 500);
    expect([low, high]).toBeAllClose([0.8 - half, 0.8 + half], { rtol: 0, atol: 1.5 / 500 });
  });

  test("narrows as images are added", () => {
    const width = (n: number) => {
      const { low, high } = evaluate(ofSize(n), draws(1000)).accuracy.interval!;
      return high - low;
    };
    expect(width(800)).toBeLessThan(0.6 * width(200));
  });

  test("is Wilson's, but for its skew, where classes are of unlike difficulty", () => {
    const { accuracy } = evaluate(twoClasses, draws(4000));
    const wilson = wilsonInterval(240, 300);
    const { low, high } = accuracy.interval!;
    expect([low, high]).toBeAllClose([wilson.low, wilson.high], { rtol: 0, atol: 0.01 });
  });

  test("is narrower there within classes, whose mix does not vary then", () => {
    const width = (stratified: boolean) => {
      const { low, high } = evaluate(twoClasses, draws(2000, { stratified })).accuracy.interval!;
      return high - low;
    };
    expect(width(true)).toBeLessThan(0.8 * width(false));
  });

  test("keeps the number of images of every class, if stratified", () => {
    // All of class a right, all of class b wrong: any other mix would move the accuracy.
    const { accuracy, meanClassAccuracy } = evaluate(
      predictionsOf("aa aa aa bc"),
      draws(200, { stratified: true }),
    );
    expect(accuracy).toEqual({ value: 0.75, interval: { low: 0.75, high: 0.75 } });
    expect(meanClassAccuracy.interval).toEqual({ low: 0.5, high: 0.5 });
  });

  test("is the same for the same draws, and close for others", () => {
    const interval = (seed: number) =>
      evaluate(ofSize(300), draws(4000, { seed })).macroF1.interval!;
    expect(interval(3)).toEqual(interval(3));
    expect(interval(4).low).toBeCloseTo(interval(3).low, 2);
  });

  test("refuses to be made of no resample", () => {
    expect(() => evaluate(ofSize(5), draws(0))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: bootstrap: expected a whole number of resamples above 0, got 0]`,
    );
  });
});
