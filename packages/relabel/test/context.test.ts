/** @file Threshold functions that ask for more than P_gt. */
import {
  createRelabeller,
  cutOff,
  decide,
  defineThreshold,
  exampleContexts,
  instantiate,
  LabelLedger,
  neutralContext,
  type RelabelPolicy,
  type ThresholdContext,
  thresholdFingerprint,
  thresholds,
  TrainingHistory,
} from "@mvt/relabel";
import { describe, expect, test } from "vitest";

/** f = P_gt times the confidence of the class. */
const byClass = defineThreshold({
  name: "by-class",
  about: "P_gt times the mean P_gt of the label's class",
  parameters: { scale: { default: 1, about: "what it is multiplied by", min: 0 } },
  context: true,
  f: (pGt, { scale }, { label, classConfidence }) => scale * pGt * classConfidence[label]!,
});

const withF = (f: (pGt: number, parameters: object, context: ThresholdContext) => number) =>
  defineThreshold({ name: "mine", about: "mine", parameters: {}, context: true, f });

/** The message of what instantiate throws. */
function message(f: Parameters<typeof withF>[0]): string {
  try {
    instantiate(withF(f));
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing thrown";
}

describe("the example contexts", () => {
  test("begin with the neutral one, and have every label of every data set", () => {
    expect(exampleContexts[0]).toEqual(neutralContext);
    expect(new Set(exampleContexts.map(({ label }) => label))).toEqual(
      new Set(neutralContext.classes.keys()),
    );
  });

  test("have probabilities that sum to one, and confidences from 0 to 1", () => {
    for (const { meanProbabilities, classConfidence, classes } of exampleContexts) {
      const sum = Array.from(meanProbabilities).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 12);
      expect(Array.from(classConfidence).every((c) => c >= 0 && c <= 1)).toBe(true);
      expect([meanProbabilities.length, classConfidence.length]).toEqual([
        classes.length,
        classes.length,
      ]);
    }
  });
});

describe("a function that takes a context", () => {
  test("is evaluated in it", () => {
    const { inContext } = instantiate(byClass, { scale: 2 });
    const context = { ...neutralContext, label: 1, classConfidence: [0.25, 0.75] };
    expect(inContext!(0.5, context)).toBe(2 * 0.5 * 0.75);
  });

  test("has the curve and the cut-off of the neutral context", () => {
    const threshold = instantiate(byClass);
    expect(threshold.f(0.4)).toBe(0.4 * 0.5);
    expect(cutOff(threshold, 0.2)).toBeCloseTo(0.8 / 2.5, 12); // 1 - 2p = p / 2 + .2
  });

  test("must have every property in every example context, and the message says in which", () => {
    expect(message((p, _, { epoch }) => (epoch === 40 ? p - 0.5 : p))).toBe(
      'threshold "mine": f must be nonnegative, but at P_gt = 0, in epoch 40 for label surprise, whose class has the confidence 1, it is -0.5. Clip it at 0: delta is the lower limit of the threshold.',
    );
    expect(message((p, _, { label }) => (label === 3 ? 1 - p : p))).toContain(
      "f must be non-decreasing, but at P_gt = 0.000244140625, in epoch 10 for label happiness, whose class has the confidence 0.5, it falls",
    );
    expect(message((p, _, { classConfidence: c, label }) => p / c[label]!)).toContain(
      "f must be finite, but at P_gt = 0, in epoch 10 for label surprise, whose class has the confidence 0, it is NaN",
    );
    let calls = 0;
    expect(message((_, __, { epoch }) => (epoch === 1 ? (calls += 1) : 0))).toContain(
      "f must be the same for the same P_gt, but at P_gt = 0, in epoch 1",
    );
    expect(
      message((p, _, { classes, label }) => {
        if (classes[label] === "contempt") throw new RangeError("no such class");
        return p;
      }),
    ).toContain("for label contempt, whose class has the confidence 0.5, it threw: no such class.");
  });

  test("is hashed by its values in the example contexts", () => {
    const hashOf = (f: Parameters<typeof withF>[0]) => thresholdFingerprint(instantiate(withF(f)));
    // All three are P_gt in the neutral context.
    const hashes = [
      hashOf((p) => p),
      hashOf((p, _, { epoch }) => (epoch > 10 ? 2 * p : p)),
      hashOf((p, _, { classConfidence: c, label }) => 2 * p * c[label]!),
    ];
    expect(new Set(hashes).size).toBe(3);
    expect(hashOf((p) => p)).toBe(hashes[0]);
  });

  test("decides with the context of the sample, and not without", () => {
    const threshold = instantiate(byClass);
    const row = [0.25, 0.5625, 0.1875]; // the difference is .3125
    const of = (confidence: number) => ({
      threshold,
      delta: 0.2,
      context: { ...neutralContext, classConfidence: [confidence, 0, 0] },
    });
    expect(decide(row, 0, of(0.25)).threshold).toBe(0.25 * 0.25 + 0.2);
    expect(decide(row, 0, of(0.25)).relabelled).toBe(true); // .3125 > .2625
    expect(decide(row, 0, of(0.75)).relabelled).toBe(false); // .3125 < .3875
    expect(() => decide(row, 0, { threshold, delta: 0.2 })).toThrow(
      'decide: expected a context for the threshold "by-class", got none. Pass the context of the sample.',
    );
  });
});

describe("a function of P_gt alone", () => {
  test("gets no context, and its fingerprint is what it always was", () => {
    expect(Object.values(thresholds).map((f) => instantiate<string>(f))).toSatisfy(
      (all: readonly object[]) => all.every((threshold) => !("inContext" in threshold)),
    );
    expect(Object.values(thresholds).map((f) => thresholdFingerprint(instantiate<string>(f))))
      .toMatchInlineSnapshot(`
      [
        "27cc38bb207e10f6",
        "640b23673019a7b7",
        "14f04afb5b66f0ed",
        "6bdc702a9dd7397e",
      ]
    `);
  });

  test("that takes a third argument without saying so is refused", () => {
    const silent = { ...withF((p, _, { epoch }) => p * epoch), context: undefined };
    expect(() => instantiate(silent)).toThrow(
      'threshold "mine": expected an f of P_gt and parameters, got one with 3 arguments. Write context: true into the definition if f takes a context.',
    );
  });
});

describe("a relabeller", () => {
  const given = [0, 0, 1];
  const classes = ["neutral", "happiness", "sadness"];

  /** A relabeller, and the contexts that its f is asked in while it decides. */
  function watched(policy: Partial<RelabelPolicy>) {
    const seen: ThresholdContext[] = [];
    const ledger = new LabelLedger({ ids: ["a", "b", "c"], given, classes });
    const history = new TrainingHistory({ given, classes: 3 });
    const threshold = {
      ...instantiate(byClass),
      inContext(_: number, context: ThresholdContext) {
        const { meanProbabilities, classConfidence } = context;
        // The arrays are views of what the relabeller goes on with.
        seen.push({
          ...context,
          meanProbabilities: Array.from(meanProbabilities),
          classConfidence: Array.from(classConfidence),
        });
        return 0;
      },
    };
    const options = { threshold, startEpoch: 2, ...policy };
    return { seen, ledger, relabeller: createRelabeller(options, ledger, history) };
  }

  const rows = (...values: number[][]) => Float32Array.from(values.flat());
  const first = rows([0.75, 0.125, 0.125], [0.25, 0.5, 0.25], [0.25, 0.5, 0.25]);
  const second = rows([0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25]);

  test("tells label, classes, epoch, mean probabilities and the confidence of the epoch before", () => {
    const { seen, relabeller } = watched({});
    relabeller.observe(1, [0, 1, 2], first);
    relabeller.observe(2, [0, 1], second.subarray(0, 6));
    relabeller.observe(2, [2], second.subarray(6));
    expect(seen.map(({ label, epoch }) => [label, epoch])).toEqual([
      [0, 2],
      [0, 2],
      [1, 2],
    ]);
    expect(seen[0]!.classes).toEqual(classes);
    // Of neutral (.75 + .25) / 2, of happiness .5, of sadness no image.
    for (const { classConfidence } of seen) expect(classConfidence).toEqual([0.5, 0.5, 1 / 3]);
    // The first epoch weighs .7 of the second.
    expect(seen[0]!.meanProbabilities).toBeAllClose(
      [0.75, 0.125, 0.125].map((p, k) => (0.7 * p + [0.5, 0.25, 0.25][k]!) / 1.7),
    );
  });

  test("goes on within an epoch with the confidence that the epoch began with", () => {
    const { relabeller } = watched({});
    relabeller.observe(1, [0, 1, 2], first);
    expect(relabeller.begunWith(2)).toBeUndefined(); // has not decided yet
    relabeller.observe(2, [0, 1], second.subarray(0, 6));
    const begun = relabeller.begunWith(2)!;
    expect(begun).toEqual([0.5, 0.5, 1 / 3]);
    expect(relabeller.begunWith(3)).toBeUndefined();

    const resumed = watched({});
    resumed.relabeller.resumeEpoch(2, begun);
    resumed.relabeller.observe(2, [2], second.subarray(6));
    expect(resumed.seen.map(({ classConfidence }) => classConfidence)).toEqual([begun]);
    resumed.relabeller.observe(3, [2], second.subarray(6));
    expect(resumed.seen[1]!.classConfidence).not.toEqual(begun);
  });

  test("knows no class in the first epoch", () => {
    const { seen, relabeller } = watched({ startEpoch: 1 });
    relabeller.observe(1, [0, 1, 2], first);
    for (const { classConfidence } of seen)
      expect(classConfidence).toEqual([1, 1, 1].map((p) => p / 3));
  });

  test("counts an image for the label that it is trained on, or for the given one", () => {
    const sure = rows([0, 1, 0]); // makes image a happiness
    const [current, original] = (["current", "original"] as const).map((reference) => {
      const { seen, ledger, relabeller } = watched({ reference });
      relabeller.observe(2, [0], sure);
      expect(ledger.current(0)).toBe(1);
      relabeller.observe(3, [0], sure);
      return seen.at(-1)!;
    });
    expect([current!.label, current!.classConfidence[1]]).toEqual([1, 1]);
    expect([original!.label, original!.classConfidence[0]]).toEqual([0, 0]);
  });

  test("tells the confidence of the pass if it decides on one", () => {
    const { seen, relabeller } = watched({ predictions: "pass" });
    relabeller.observe(2, [0, 1, 2], first);
    expect(seen).toEqual([]);
    relabeller.decideAll(2, second);
    expect(seen.map(({ classConfidence }) => classConfidence)).toEqual(
      [0, 1, 2].map(() => [0.5, 0.5, 1 / 3]), // (.5 + .5) / 2, .5
    );
    expect(seen[1]!.meanProbabilities).toEqual([0.25, 0.5, 0.25]); // of the steps
  });

  test("tells the confidence of the averages if it decides on them", () => {
    const { seen, relabeller } = watched({ predictions: "average", startEpoch: 3 });
    relabeller.observe(1, [0, 1, 2], first);
    relabeller.observe(2, [0, 1, 2], second);
    relabeller.observe(3, [0], first.subarray(0, 3));
    const [a, b] = [(0.7 * 0.75 + 0.5) / 1.7, (0.7 * 0.25 + 0.5) / 1.7];
    expect(seen[0]!.classConfidence).toBeAllClose([(a + b) / 2, 0.5, 1 / 3]);
  });
});
