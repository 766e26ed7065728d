/** @file Which probabilities Eq. 6 decides on, by hand. */
import {
  averageDecay,
  createRelabeller,
  instantiate,
  LabelLedger,
  type PredictionSource,
  predictionSources,
  type RelabelPolicy,
  thresholds,
  TrainingHistory,
} from "@mvt/relabel";
import { describe, expect, test } from "vitest";

const data = {
  ids: ["a", "b", "c"],
  given: [0, 1, 2],
  classes: ["neutral", "happiness", "sadness"],
};

function setUp(policy: Partial<RelabelPolicy>) {
  const ledger = new LabelLedger(data);
  const history = new TrainingHistory({ given: data.given, classes: 3 });
  const threshold = instantiate(thresholds.constant);
  const relabeller = createRelabeller({ threshold, startEpoch: 2, ...policy }, ledger, history);
  return { ledger, history, relabeller };
}

/** Softmax rows, one after the other. */
const rows = (...values: number[][]) => Float32Array.from(values.flat());
/** Probabilities .75 and .125 twice. */
const sureOf = (label: number) => [0, 1, 2].map((k) => (k === label ? 0.75 : 0.125));

test("there are three sources, each with its line of help", () => {
  expect(Object.keys(predictionSources)).toEqual(["step", "pass", "average"]);
});

describe.each(Object.keys(predictionSources) as PredictionSource[])("%s", (predictions) => {
  test("changes no label before the start epoch, but keeps the history", () => {
    const { ledger, history, relabeller } = setUp({ predictions });
    expect(relabeller.observe(1, [0, 1, 2], rows(sureOf(1), sureOf(2), sureOf(0)))).toEqual([]);
    expect(relabeller.needsPass(1)).toBe(false);
    expect(relabeller.decideAll(1, rows(sureOf(1), sureOf(2), sureOf(0)))).toEqual([]);
    expect(ledger.changes).toEqual([]);
    expect([...history.probabilities(2)]).toEqual(sureOf(0));
  });
});

describe("step", () => {
  test("decides batch by batch on the step's own probabilities", () => {
    const { ledger, relabeller } = setUp({});
    relabeller.observe(2, [0], rows(sureOf(1)));
    expect([...ledger.labels]).toEqual([1, 1, 2]);
    relabeller.observe(2, [2, 1], rows(sureOf(0), sureOf(1)));
    expect([...ledger.labels]).toEqual([1, 1, 0]);
    expect(relabeller.needsPass(2)).toBe(false);
    expect(relabeller.decideAll(2, rows(sureOf(2), sureOf(2), sureOf(2)))).toEqual([]);
  });
});

describe("pass", () => {
  test("waits for the end of the epoch, and then decides for all in their order", () => {
    const { ledger, relabeller } = setUp({ predictions: "pass" });
    expect(relabeller.observe(2, [2, 0], rows(sureOf(1), sureOf(1)))).toEqual([]);
    expect(relabeller.needsPass(2)).toBe(true);
    const changes = relabeller.decideAll(2, rows(sureOf(2), sureOf(1), sureOf(0)));
    expect(changes.map(({ id, from, to, epoch }) => [id, from, to, epoch])).toEqual([
      ["a", "neutral", "sadness", 2],
      ["c", "sadness", "neutral", 2],
    ]);
    expect(changes).toEqual(ledger.changes);
    expect(changes[0]).toMatchObject({ pMax: 0.75, pGt: 0.125, threshold: 0.2 });
  });

  test("does not enter its probabilities into the history", () => {
    const { history, relabeller } = setUp({ predictions: "pass" });
    relabeller.observe(2, [0, 1, 2], rows(sureOf(0), sureOf(0), sureOf(0)));
    relabeller.decideAll(2, rows(sureOf(2), sureOf(2), sureOf(2)));
    expect(history.draws(0)).toBe(1);
    expect([...history.probabilities(0)]).toEqual(sureOf(0));
  });

  test("waits for the training accuracy, too", () => {
    const { relabeller } = setUp({ predictions: "pass", minTrainAccuracy: 0.9 });
    expect(relabeller.needsPass(2)).toBe(false);
    relabeller.endEpoch(2, 0.9);
    expect(relabeller.needsPass(3)).toBe(true);
  });

  test("wants a row for every image", () => {
    const { relabeller } = setUp({ predictions: "pass" });
    expect(() => relabeller.decideAll(2, rows(sureOf(1)))).toThrow(
      "relabeller: expected 3 x 3 probabilities, got 3. Pass those of every training image, in the ledger's order.",
    );
  });
});

describe("average", () => {
  test("decides on all epochs so far, those before the start included", () => {
    const { ledger, relabeller } = setUp({ predictions: "average" });
    relabeller.observe(1, [0, 1, 2], rows(sureOf(0), sureOf(1), sureOf(2)));
    // The step alone would relabel: .75 - .125 > .2.
    const [change] = relabeller.observe(2, [0], rows(sureOf(1)));
    const β = averageDecay;
    const pGt = (β * 0.75 + 0.125) / (β + 1);
    const pMax = (β * 0.125 + 0.75) / (β + 1);
    expect(pMax - pGt).toBeLessThan(0.2); // .110
    expect(change).toBeUndefined();
    // A third epoch of the same mind: .391 and .484 become .243 and .632.
    const [later] = relabeller.observe(3, [0], rows(sureOf(1)));
    const weights = [β ** 2, β, 1];
    const total = β ** 2 + β + 1;
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value, i) => sum + weights[i]! * value, 0) / total;
    expect(later!.pGt).toBeCloseTo(mean([0.75, 0.125, 0.125]), 6);
    expect(later!.pMax).toBeCloseTo(mean([0.125, 0.75, 0.75]), 6);
    expect(ledger.current(0)).toBe(1);
  });

  test("is the step's own in the first epoch", () => {
    const [step, average] = (["step", "average"] as const).map((predictions) => {
      const { ledger, relabeller } = setUp({ predictions, startEpoch: 1 });
      relabeller.observe(1, [0, 1, 2], rows(sureOf(1), [0.4, 0.35, 0.25], sureOf(0)));
      return ledger.toJsonLines();
    });
    expect(average).toBe(step);
  });
});

test("a source that is none is refused", () => {
  expect(() => setUp({ predictions: "votes" as never })).toThrow(
    "relabelling: expected predictions to be step, pass or average, got votes. Correct the option.",
  );
});
