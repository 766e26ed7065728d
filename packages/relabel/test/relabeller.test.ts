/** @file When and on what the relabeller applies Eq. 6. */
import {
  createRelabeller,
  instantiate,
  LabelLedger,
  type RelabelPolicy,
  thresholds,
} from "@mvt/relabel";
import { describe, expect, test } from "vitest";

const threshold = instantiate(thresholds.constant);

function setUp(policy: Partial<RelabelPolicy> = {}) {
  const ledger = new LabelLedger({
    ids: ["a", "b", "c"],
    given: [0, 1, 2],
    classes: ["neutral", "happiness", "sadness"],
  });
  return { ledger, relabeller: createRelabeller({ threshold, ...policy }, ledger) };
}

/** Softmax rows, one after the other. */
const rows = (...values: number[][]) => Float32Array.from(values.flat());
const sureOf = (label: number) => [0, 1, 2].map((k) => (k === label ? 0.9 : 0.05));

describe("a relabeller", () => {
  test("decides on every sample of the batch, by the samples' indices", () => {
    const { ledger, relabeller } = setUp();
    const changes = relabeller.observe(10, [2, 0], rows(sureOf(1), [0.4, 0.3, 0.3]));
    expect([...ledger.labels]).toEqual([0, 1, 1]);
    expect(changes).toEqual(ledger.changes);
    expect(changes).toEqual([
      {
        epoch: 10,
        id: "c",
        from: "sadness",
        to: "happiness",
        pMax: Math.fround(0.9),
        pGt: Math.fround(0.05),
        threshold: 0.2,
      },
    ]);
  });

  test("begins with epoch 10, as Figure 5(b)", () => {
    const { ledger, relabeller } = setUp();
    expect([1, 9, 10, 11].map(relabeller.active)).toEqual([false, false, true, true]);
    expect(relabeller.observe(9, [0], rows(sureOf(1)))).toEqual([]);
    expect([...ledger.labels]).toEqual([0, 1, 2]);
  });

  test("has delta = .2 unless told otherwise", () => {
    const row = [0.3, 0.46, 0.24]; // P_max - P_gt = .16
    const [usual, lower] = [setUp(), setUp({ delta: 0.15 })];
    expect(usual.relabeller.observe(10, [0], rows(row))).toHaveLength(0);
    expect(lower.relabeller.observe(10, [0], rows(row))).toHaveLength(1);
  });

  test("uses f", () => {
    const row = [0.25, 0.6, 0.15]; // .35 > .2, but not > .25 + .2
    const linear = setUp({ threshold: instantiate(thresholds.linear) });
    expect(linear.relabeller.observe(10, [0], rows(row))).toHaveLength(0);
    expect(setUp().relabeller.observe(10, [0], rows(row))).toHaveLength(1);
  });

  test("leaves labels alone when the network diverged", () => {
    for (const reference of ["current", "original"] as const) {
      const { ledger, relabeller } = setUp({ reference });
      relabeller.observe(10, [0], rows(sureOf(1)));
      expect(relabeller.observe(11, [0], rows([NaN, NaN, NaN]))).toEqual([]);
      expect(ledger.current(0)).toBe(1);
    }
  });

  test("wants n rows of K probabilities, and none for padding", () => {
    const { relabeller } = setUp();
    expect(() => relabeller.observe(10, [0], rows(sureOf(1), sureOf(1)))).toThrow(
      "relabeller: expected 1 x 3 probabilities, got 6. Leave out the rows that pad a batch.",
    );
  });

  test.each([
    [{ delta: -0.1 }, "expected delta to be a number from 0 to below 1, got -0.1"],
    [{ delta: NaN }, "expected delta to be"],
    [{ startEpoch: 0 }, "expected startEpoch to be an integer from 1 on, got 0"],
    [
      { minTrainAccuracy: 90 },
      "expected minTrainAccuracy to be a share from 0 to 1 (.9 for 90 %), got 90",
    ],
    [{ reference: "given" as never }, "expected reference to be current or original, got given"],
  ])("refuses the policy %o", (policy, message) => {
    expect(() => setUp(policy)).toThrow(message);
  });
});

describe("the reference label", () => {
  // Epoch 10 makes sample a (given neutral) happiness; epoch 11 is sure of nothing:
  // neutral .38, happiness .22, sadness .40.
  const unsure = [0.38, 0.22, 0.4];

  test("current: P_gt is of the label trained on, so that changes build on each other", () => {
    const { ledger, relabeller } = setUp({ reference: "current", delta: 0.15 });
    relabeller.observe(10, [0], rows(sureOf(1)));
    relabeller.observe(11, [0], rows(unsure)); // .40 - .22 > .15
    expect(ledger.changes.map(({ from, to }) => [from, to])).toEqual([
      ["neutral", "happiness"],
      ["happiness", "sadness"],
    ]);
    expect(ledger.changes[1]!.pGt).toBe(Math.fround(0.22));
  });

  test("current: a label once changed stays when Eq. 6 does not hold", () => {
    const { ledger, relabeller } = setUp();
    relabeller.observe(10, [0], rows(sureOf(1)));
    relabeller.observe(11, [0], rows(unsure)); // .40 - .22 < .2
    expect(ledger.current(0)).toBe(1);
  });

  test("original: P_gt is of the given label, which comes back when Eq. 6 does not hold", () => {
    const { ledger, relabeller } = setUp({ reference: "original" });
    relabeller.observe(10, [0], rows(sureOf(1)));
    relabeller.observe(11, [0], rows(unsure)); // .40 - .38 < .2
    expect(ledger.changes.map(({ epoch, from, to }) => [epoch, from, to])).toEqual([
      [10, "neutral", "happiness"],
      [11, "happiness", "neutral"],
    ]);
    expect(ledger.current(0)).toBe(0);
  });

  test("original: records nothing while the same new label is confirmed", () => {
    const { ledger, relabeller } = setUp({ reference: "original" });
    relabeller.observe(10, [0], rows(sureOf(1)));
    relabeller.observe(11, [0], rows(sureOf(1)));
    expect(ledger.changes).toHaveLength(1);
  });
});

describe("the least training accuracy", () => {
  test("starts relabelling after the first epoch that reaches it, for good", () => {
    const { relabeller } = setUp({ minTrainAccuracy: 0.9, startEpoch: 3 });
    const active: boolean[] = [];
    for (const [i, accuracy] of [0.5, 0.7, 0.89, 0.9, 0.8, 0.7].entries()) {
      active.push(relabeller.active(i + 1));
      relabeller.endEpoch(i + 1, accuracy);
    }
    expect(active).toEqual([false, false, false, false, true, true]);
  });

  test("starts no relabelling before the start epoch", () => {
    const { relabeller } = setUp({ minTrainAccuracy: 0.9, startEpoch: 3 });
    relabeller.endEpoch(1, 0.95);
    expect([2, 3].map(relabeller.active)).toEqual([false, true]);
  });

  test("keeps labels as they are until it is reached", () => {
    const { ledger, relabeller } = setUp({ minTrainAccuracy: 0.9, startEpoch: 1 });
    relabeller.observe(1, [0], rows(sureOf(1)));
    expect(ledger.changes).toEqual([]);
    relabeller.endEpoch(1, 0.9);
    relabeller.observe(2, [0], rows(sureOf(1)));
    expect(ledger.changes).toHaveLength(1);
  });

  test("is the same after a resume that tells the finished epochs again", () => {
    const accuracies = [0.5, 0.92, 0.8];
    const [first, resumed] = [1, 2].map(
      () => setUp({ minTrainAccuracy: 0.9, startEpoch: 1 }).relabeller,
    );
    for (const relabeller of [first!, resumed!]) {
      accuracies.forEach((accuracy, i) => relabeller.endEpoch(i + 1, accuracy));
    }
    expect([1, 2, 3, 4].map(resumed!.active)).toEqual([false, false, true, true]);
    expect([1, 2, 3, 4].map(first!.active)).toEqual([false, false, true, true]);
  });
});
