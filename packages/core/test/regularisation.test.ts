/** Soft targets, weighted losses, stochastic depth and dropout, against PyTorch and timm (golden/regularisation.py). */
import { deit, gradients, nn, ops, random } from "@mvt/core";
import type { NdArray } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";
import { golden } from "./support/golden.ts";

const near = { rtol: 1e-5, atol: 1e-6 };

const file = golden("soft-losses");
const [labels, counts] = [file.data("labels"), file.data("counts")];
const [B, K] = file.array("logits").shape as [number, number];
const beta = 0.99;

/** The loss of the golden logits, and its gradient. */
async function lossOf(targets: nn.SoftTargets, logPrior?: Float32Array, padding = 0) {
  const logits = ops.input("logits", [B + padding, K]);
  const shifted = logPrior ? ops.add(logits, ops.constant(logPrior, [K])) : logits;
  const loss = nn.softCrossEntropy(
    shifted,
    ops.constant(targets.targets, [B + padding, K]),
    ops.constant(targets.weights, [B + padding]),
  );
  const [d] = gradients(loss, [logits]);
  const fed = new Float32Array((B + padding) * K).fill(3);
  fed.set(file.data("logits"));
  return evaluate({ loss, d: d! }, [logits], { logits: fed });
}

const all = new Float32Array(B).fill(1);
const weightsOf = (kind: nn.LossKind) => nn.classTerms(kind, counts, beta).weights!;

const cases: Readonly<Record<string, () => { targets: nn.SoftTargets; logPrior?: Float32Array }>> =
  {
    smoothed: () => ({
      targets: nn.softTargets({ labels, weights: all }, { classes: K, labelSmoothing: 0.1 }),
    }),
    "class-weighted": () => ({
      targets: nn.softTargets(
        { labels, weights: all },
        { classes: K, classWeights: weightsOf("class-weighted") },
      ),
    }),
    "class-balanced": () => ({
      targets: nn.softTargets(
        { labels, weights: all },
        { classes: K, classWeights: weightsOf("class-balanced") },
      ),
    }),
    "weighted-smoothed": () => ({
      targets: nn.softTargets(
        { labels, weights: all },
        { classes: K, labelSmoothing: 0.1, classWeights: weightsOf("class-weighted") },
      ),
    }),
    mixed: () => ({
      targets: nn.softTargets(
        { labels, weights: all, mixed: { labels: labels.toReversed(), lambda: 0.3 } },
        { classes: K, labelSmoothing: 0.1 },
      ),
    }),
    "balanced-softmax": () => ({
      targets: nn.softTargets({ labels, weights: all }, { classes: K }),
      logPrior: nn.classTerms("balanced-softmax", counts).logPrior!,
    }),
  };

describe("a loss against soft targets", () => {
  test.for(Object.entries(cases))(
    "agrees with PyTorch's, value and gradient: %s",
    async ([name, make]) => {
      const { targets, logPrior } = make();
      const { loss, d } = await lossOf(targets, logPrior);
      expect(loss).toBeAllClose(file.data(name), near);
      expect(d).toBeAllClose(file.data(`d_${name}`), near);
    },
  );

  test("is crossEntropy's where no option is on", async () => {
    const { loss, d } = await lossOf(nn.softTargets({ labels, weights: all }, { classes: K }));
    const logits = ops.input("logits", [B, K]);
    const plain = nn.crossEntropy(
      logits,
      ops.constant(Int32Array.from(labels), [B]),
      ops.constant(all, [B]),
    );
    const [dPlain] = gradients(plain, [logits]);
    const expected = await evaluate({ plain, d: dPlain! }, [logits], {
      logits: file.data("logits"),
    });
    expect(loss).toBeAllClose(expected.plain, near);
    expect(d).toBeAllClose(expected.d, near);
  });

  test("does not change by padding, whose gradient is 0", async () => {
    const padded = nn.softTargets(
      { labels: [...labels, 0, 0], weights: [...all, 0, 0] },
      { classes: K, labelSmoothing: 0.1, classWeights: weightsOf("class-weighted") },
    );
    const { loss, d } = await lossOf(padded, undefined, 2);
    expect(loss).toBeAllClose(file.data("weighted-smoothed"), near);
    expect(d.subarray(0, B * K)).toBeAllClose(file.data("d_weighted-smoothed"), near);
    expect(d.subarray(B * K).every((value) => value === 0)).toBe(true);
  });
});

describe("targets", () => {
  test("of mixed and smoothed labels are those of timm's mixup_target", () => {
    const { targets } = cases["mixed"]!().targets;
    expect(targets).toBeAllClose(file.data("targets.mixed"), near);
  });

  test("sum to 1, of a sample that is mixed with itself as well", () => {
    const { targets, weights } = nn.softTargets(
      { labels: [2], weights: [1], mixed: { labels: [2], lambda: 0.4 } },
      { classes: 3 },
    );
    expect([...targets]).toEqual([0, 0, 1]);
    expect([...weights]).toEqual([1]);
  });
});

describe("the terms of a loss", () => {
  test.each(["class-weighted", "class-balanced"] as const)(
    "of %s are the published weights",
    (kind) => {
      expect(weightsOf(kind)).toBeAllClose(file.data(`weights.${kind}`), near);
    },
  );

  test("of class-balanced are equal at β = 0, and those of class-weighted as β comes near 1", () => {
    expect([...nn.classTerms("class-balanced", counts, 0).weights!]).toEqual([1, 1, 1, 1, 1]);
    const limit = nn.classTerms("class-balanced", counts, 1 - 1e-9).weights!;
    const weighted = weightsOf("class-weighted");
    const ratios = limit.map((weight, k) => weight / weighted[k]!);
    for (const ratio of ratios) expect(ratio / ratios[0]!).toBeCloseTo(1, 3);
  });

  test("of cross-entropy are none, whatever the classes", () => {
    expect(nn.classTerms("cross-entropy", [0, 3])).toEqual({});
  });

  test.each(nn.lossNames.filter((kind) => kind !== "cross-entropy"))(
    "of %s are refused for a class without samples",
    (kind) => {
      expect(() => nn.classTerms(kind, [3, 0, 2])).toThrow(
        `${kind}: expected at least one sample of every class, got 0 of class 1`,
      );
    },
  );
});

describe("a vision transformer with stochastic depth and dropout", () => {
  const network = golden("drop");
  const config = {
    imageSize: 8,
    patchSize: 4,
    width: 12,
    depth: 3,
    heads: 3,
    mlpRatio: 2,
    classes: 5,
  };
  const { model, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, config));
  const images = ops.constant(Uint8Array.from(network.data("images")), [4, 8, 8, 3]);
  const patches = deit.normalizePixels(deit.toPixels(deit.patchify(images, 4)));
  const constantOf = ({ data, shape }: NdArray) => ops.constant(data, shape);
  const { logits, blockInputs } = deit.traceClassify(model, patches, {
    paths: constantOf(network.array("paths")),
    features: constantOf(network.array("features")),
  });
  const loss = nn.crossEntropy(
    logits,
    ops.constant(Int32Array.from(network.data("labels")), [4]),
    ops.constant(new Float32Array(4).fill(1), [4]),
  );
  const tensors = parameters.map(({ tensor }) => tensor);
  const feeds = Object.fromEntries(parameters.map(({ name }) => [name, network.data(name)]));

  test.each([
    ["kept", []],
    ["computed again between blocks", blockInputs],
  ] as const)(
    "has timm's logits, loss and gradients for timm's factors, with activations %s",
    async (_, between) => {
      const dLoss = gradients(loss, tensors, between);
      const outputs = Object.fromEntries(parameters.map(({ name }, i) => [`d_${name}`, dLoss[i]!]));
      const results = await evaluate<string>({ logits, loss, ...outputs }, tensors, feeds);
      expect(results["logits"]!).toBeAllClose(network.data("logits"), { rtol: 1e-5, atol: 1e-5 });
      expect(results["loss"]!).toBeAllClose(network.data("loss"), near);
      for (const name of Object.keys(outputs)) {
        expect(results[name]!, name).toBeAllClose(network.data(name), { rtol: 1e-4, atol: 1e-5 });
      }
    },
  );

  test("has timm's rate in every block", () => {
    const rates = nn.dropPathRates(0.5, 3).flatMap((rate) => [rate, rate]);
    expect(rates).toBeAllClose(network.data("rates"), near);
    expect(nn.dropPathRates(0.5, 1)).toEqual([0]); // as torch.linspace(0, 0.5, 1)
  });
});

describe("factors", () => {
  test("of stochastic depth are 0 or 1 / (1 - rate of the block), in its share of the samples", () => {
    const [depth, samples] = [3, 4000];
    const factors = nn.drawPathFactors({ rate: 0.5, depth, samples }, random.stream(1, "paths"));
    expect(factors).toHaveLength(samples * 2 * depth);
    for (const [i, rate] of [0, 0, 0.25, 0.25, 0.5, 0.5].entries()) {
      const column = factors.filter((_, at) => at % 6 === i);
      const kept = Math.fround(1 / (1 - rate));
      expect(column.every((factor) => factor === 0 || factor === kept)).toBe(true);
      expect(column.filter((factor) => factor === 0).length / samples).toBeCloseTo(rate, 1);
    }
  });

  test("of dropout are 0 or 1 / (1 - rate), with a mean of 1", () => {
    const factors = nn.drawDropoutFactors({ rate: 0.2, count: 20_000 }, random.stream(1, "drop"));
    expect(new Set(factors)).toEqual(new Set([0, 1.25]));
    expect(factors.reduce((a, b) => a + b) / factors.length).toBeCloseTo(1, 1);
  });
});
