/** @file What a run remembers of its training images, and the scores of their labels. */
import { averageDecay, TrainingHistory } from "@mvt/relabel";
import { describe, expect, test } from "vitest";

/** Softmax rows, one after the other. */
const rows = (...values: number[][]) => Float32Array.from(values.flat());
const β = averageDecay;

describe("a training history", () => {
  test("keeps the last probabilities of every image, and how often it was drawn", () => {
    const history = new TrainingHistory({ given: [0, 1, 2], classes: 3 });
    history.record([2, 0], rows([0.5, 0.25, 0.25], [0.125, 0.75, 0.125]));
    history.record([2], rows([0, 0.5, 0.5]));
    expect([...history.probabilities(2)]).toEqual([0, 0.5, 0.5]);
    expect([...history.probabilities(0)]).toEqual([0.125, 0.75, 0.125]);
    expect([...history.probabilities(1)]).toEqual([0, 0, 0]);
    expect([0, 1, 2].map((i) => history.draws(i))).toEqual([1, 0, 2]);
  });

  test("weighs the past by β^age in its average, and makes up for the short past", () => {
    const history = new TrainingHistory({ given: [0], classes: 2 });
    const said = [0.5, 0.75, 0.25, 1];
    const averages = said.map((p) => {
      history.record([0], rows([p, 1 - p]));
      return history.average(0)[0]!;
    });
    expect(averages).toBeAllClose([
      0.5, // exactly the first
      (β * 0.5 + 0.75) / (β + 1),
      (β ** 2 * 0.5 + β * 0.75 + 0.25) / (β ** 2 + β + 1),
      (β ** 3 * 0.5 + β ** 2 * 0.75 + β * 0.25 + 1) / (β ** 3 + β ** 2 + β + 1),
    ]);
    expect(averages[0]).toBe(0.5);
    expect(history.average(0)[0]! + history.average(0)[1]!).toBeCloseTo(1, 6);
  });

  test("scores the given label: by hand, over two epochs", () => {
    const history = new TrainingHistory({ given: [1], classes: 3 });
    history.record([0], rows([0.25, 0.5, 0.25])); // margin log 2
    history.record([0], rows([0.625, 0.125, 0.25])); // margin log (1 / 5)
    const { selfConfidence, normalizedMargin, aum } = history.scores(0)!;
    expect(selfConfidence).toBe(0.125);
    expect(normalizedMargin).toBe((0.125 - 0.625 + 1) / 2);
    expect(aum).toBeCloseTo((Math.log(2) - Math.log(5)) / 2, 6);
  });

  test("has no scores for an image that was never drawn", () => {
    const history = new TrainingHistory({ given: [0, 0], classes: 2 });
    history.record([0], rows([1, 0]));
    expect(history.scores(1)).toBeUndefined();
  });

  test("gives finite margins where a softmax comes out as 0", () => {
    const history = new TrainingHistory({ given: [0, 1], classes: 2 });
    history.record([0, 1], rows([1, 0], [1, 0]));
    expect(history.scores(0)!.aum).toBeCloseTo(126 * Math.log(2), 4);
    expect(history.scores(1)!.aum).toBeCloseTo(-126 * Math.log(2), 4);
  });

  test("continues out of its arrays with the same bits", () => {
    const of = { given: [0, 2], classes: 3 };
    const steps = [
      rows([0.1, 0.2, 0.7], [0.6, 0.3, 0.1]),
      rows([0.3, 0.3, 0.4], [0.2, 0.2, 0.6]),
      rows([0.15, 0.25, 0.6], [0.9, 0.05, 0.05]),
    ] as const;
    const whole = new TrainingHistory(of);
    for (const step of steps) whole.record([0, 1], step);
    const before = new TrainingHistory(of);
    before.record([0, 1], steps[0]);
    const after = TrainingHistory.fromArrays(before.toArrays(), of);
    for (const step of steps.slice(1)) after.record([0, 1], step);
    expect(after.toArrays()).toEqual(whole.toArrays());
    expect(before.draws(0)).toBe(1); // its arrays were copied
  });

  test("refuses the arrays of other images", () => {
    const arrays = new TrainingHistory({ given: [0, 1], classes: 3 }).toArrays();
    const of = { given: [0], classes: 3 };
    expect(() => TrainingHistory.fromArrays(arrays, of)).toThrow(
      "training history: expected probabilities of shape [1, 3], got [2, 3]. Restore the file, or begin the run again.",
    );
    const missing = new Map([...arrays].filter(([name]) => name !== "draws"));
    expect(() => TrainingHistory.fromArrays(missing, { given: [0, 1], classes: 3 })).toThrow(
      "expected draws of shape [2], got none",
    );
  });
});
