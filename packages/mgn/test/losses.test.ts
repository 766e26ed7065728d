import { gradients, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { discriminatorLoss, generatorLoss, meanMask } from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";
import { golden } from "./support/golden.ts";

const near = { rtol: 1e-5, atol: 1e-6 };
const ones = (n: number) => ops.constant(new Float32Array(n).fill(1), [n]);
const matrix = (rows: readonly (readonly number[])[]) =>
  ops.constant(Float32Array.from(rows.flat()), [rows.length, rows[0]!.length]);

const file = golden("losses");
const logitsGm = ops.input("logitsGm", [5, 7]);
const logitsRm = ops.input("logitsRm", [5, 7]);
const Mp = ops.input("Mp", [5, 9]);
const labels = ops.constant(Int32Array.from(file.data("labels")), [5]);
const feeds = Object.fromEntries(
  ["logitsGm", "logitsRm", "Mp"].map((name) => [name, file.data(name)]),
);

/** Compares a loss and its gradients with what PyTorch's autograd gives. */
async function agrees(name: string, loss: Tensor, wrt: Readonly<Record<string, Tensor>>) {
  const dLoss = gradients(loss, Object.values(wrt));
  const named = Object.keys(wrt).map((key, i) => [key, dLoss[i]!] as const);
  const results = await evaluate<string>(
    { loss, ...Object.fromEntries(named) },
    [logitsGm, logitsRm, Mp],
    feeds,
  );
  expect(results["loss"]!).toBeAllClose(file.data(name), near);
  for (const [key] of named) expect(results[key]!).toBeAllClose(file.data(`${name}/${key}`), near);
}

describe("L_D", () => {
  test("agrees with PyTorch, in value and gradient", () =>
    agrees("LD", discriminatorLoss(logitsGm, logitsRm, labels, ones(5)).LD, {
      logitsGm,
      logitsRm,
    }));

  test("is 2 ln K for a discriminator that knows nothing", async () => {
    const nothing = matrix([Array.from({ length: 7 }, () => 3)]);
    const label = ops.constant(Int32Array.of(2), [1]);
    const { LD } = await evaluate({ LD: discriminatorLoss(nothing, nothing, label, ones(1)).LD });
    expect(LD).toBeAllClose([2 * Math.log(7)]);
  });
});

describe("L_G", () => {
  test("agrees with PyTorch, in value and gradient", () =>
    agrees("LG", generatorLoss(logitsGm, Mp, 0.3, ones(5)).LG, { logitsGm, Mp }));

  test("agrees with PyTorch where M_avg is taken over the batch", () =>
    agrees("LG-batch", generatorLoss(logitsGm, Mp, 0.3, ones(5), { areaOf: "batch" }).LG, {
      logitsGm,
      Mp,
    }));

  for (const K of [7, 8]) {
    test(`has a variance of 1/${K} for certainty and 0 for equal probabilities of ${K} classes`, async () => {
      const certain = matrix([Array.from({ length: K }, (_, i) => (i === 2 ? 100 : 0))]);
      const equal = matrix([Array.from({ length: K }, () => -5)]);
      const mask = matrix([[0.3]]);
      const results = await evaluate({
        certain: generatorLoss(certain, mask, 0.3, ones(1)).variance,
        equal: generatorLoss(equal, mask, 0.3, ones(1)).variance,
      });
      expect(results.certain).toBeAllClose([1 / K]);
      expect(results.equal).toBeAllClose([0], { atol: 1e-12 });
    });
  }

  test("adds 4 M_p (1 - M_p), averaged, times its weight where saturation is asked for", async () => {
    const logits = matrix([[0, 0]]);
    const lossOf = (mask: readonly number[], saturation: number) =>
      generatorLoss(logits, matrix([mask]), 0.5, ones(1), { saturation }).LG;
    const results = await evaluate({
      undecided: lossOf([0.5, 0.5], 0.3),
      binary: lossOf([1, 0], 0.3),
      between: lossOf([0.25, 0.75], 0.3),
      without: lossOf([0.5, 0.5], 0),
    });
    expect(results.undecided).toBeAllClose([0.3]);
    expect(results.binary).toBeAllClose([0]);
    expect(results.between).toBeAllClose([0.3 * 0.75]);
    expect(results.without).toBeAllClose([0]);
  });

  test("takes |M_avg - m| per image: too much here does not make up for too little there", async () => {
    const logits = matrix([
      [0, 0],
      [0, 0],
    ]);
    const masks = matrix([
      [0.1, 0.1],
      [0.6, 0.4],
    ]);
    const results = await evaluate({
      image: generatorLoss(logits, masks, 0.3, ones(2)).area,
      batch: generatorLoss(logits, masks, 0.3, ones(2), { areaOf: "batch" }).area,
    });
    expect(results.image).toBeAllClose([0.2], near);
    expect(results.batch).toBeAllClose([0], near);
  });

  test("weighs the area by lambda, and only the area", async () => {
    const { LG, variance, area } = generatorLoss(logitsGm, Mp, 0.3, ones(5), { lambda: 5 });
    const results = await evaluate({ LG, variance, area }, [logitsGm, Mp], feeds);
    expect(results.LG).toBeAllClose([results.variance[0]! + 5 * results.area[0]!], near);
  });

  test("has the gradients that finite differences of Eq. 2 give", async () => {
    const [K, patches, target] = [4, 3, 0.35];
    const logits = [1.5, -0.5, 0.2, 2.1, 0.3, 0.1, -1, 0.4];
    const masks = [0.9, 0.2, 0.4, 0.1, 0.05, 0.3];
    // Eq. 2 to 4 in plain numbers, for two images.
    const LG = (l: readonly number[], M: readonly number[]) => {
      let total = 0;
      for (const image of [0, 1]) {
        const e = l.slice(image * K, (image + 1) * K).map(Math.exp);
        const sum = e.reduce((a, b) => a + b);
        const spread = e.reduce((s, x) => s + (x / sum - 1 / K) ** 2, 0) / (K - 1);
        const row = M.slice(image * patches, (image + 1) * patches);
        total += spread + Math.abs(row.reduce((a, b) => a + b) / patches - target);
      }
      return total / 2;
    };
    const h = 1e-6;
    const slopes = (f: (x: readonly number[]) => number, x: readonly number[]) =>
      x.map((_, i) => (f(x.with(i, x[i]! + h)) - f(x.with(i, x[i]! - h))) / (2 * h));
    const x = ops.input("x", [2, K]);
    const M = ops.input("M", [2, patches]);
    const [dx, dM] = gradients(generatorLoss(x, M, target, ones(2)).LG, [x, M]);
    const results = await evaluate({ dx: dx!, dM: dM! }, [x, M], {
      x: Float32Array.from(logits),
      M: Float32Array.from(masks),
    });
    const coarse = { rtol: 1e-4, atol: 1e-6 };
    expect(results.dx).toBeAllClose(
      slopes((l) => LG(l, masks), logits),
      coarse,
    );
    expect(results.dM).toBeAllClose(
      slopes((mask) => LG(logits, mask), masks),
      coarse,
    );
  });
});

describe("both losses", () => {
  const first = (x: Tensor) => ops.slice(x, 0, 0, 3);
  const weights = ops.constant(Float32Array.of(1, 1, 1, 0, 0), [5]);

  test("leave samples of weight zero out", async () => {
    const results = await evaluate(
      {
        LD: discriminatorLoss(logitsGm, logitsRm, labels, weights).LD,
        ofThree: discriminatorLoss(first(logitsGm), first(logitsRm), first(labels), ones(3)).LD,
        LG: generatorLoss(logitsGm, Mp, 0.3, weights).LG,
        LGofThree: generatorLoss(first(logitsGm), first(Mp), 0.3, ones(3)).LG,
        batch: generatorLoss(logitsGm, Mp, 0.3, weights, { areaOf: "batch" }).LG,
        batchOfThree: generatorLoss(first(logitsGm), first(Mp), 0.3, ones(3), { areaOf: "batch" })
          .LG,
      },
      [logitsGm, logitsRm, Mp],
      feeds,
    );
    expect(results.LD).toBeAllClose(results.ofThree, near);
    expect(results.LG).toBeAllClose(results.LGofThree, near);
    expect(results.batch).toBeAllClose(results.batchOfThree, near);
  });
});

describe("M_avg", () => {
  test("is the mean of an image's M_p", async () => {
    const { Mavg } = await evaluate({
      Mavg: meanMask(
        matrix([
          [0, 1, 0.5],
          [0.1, 0.2, 0.3],
        ]),
      ),
    });
    expect(Mavg).toBeAllClose([0.5, 0.2], near);
  });
});
