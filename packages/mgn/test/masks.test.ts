import { deit, nn, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import {
  applyMask,
  declareGenerator,
  generateMask,
  generatorConfig,
  keepMask,
  maskedClassifierInput,
  maskedPatches,
  type MaskForm,
  type MaskOptions,
  type MaskSpace,
} from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";
import { B, backbone, m, N, smallBatch } from "./support/small.ts";

const images = ops.constant(smallBatch().images, [B, 12, 12, 3]);
const pixels = deit.toPixels(deit.patchify(images, 4)); // [B, N, L]
const L = 48;
const filled = (value: number) => ops.constant(new Float32Array(B * N).fill(value), [B, N]);
const spaces: readonly MaskSpace[] = ["pixel", "normalized"];

describe("a mask", () => {
  test("multiplies every number of a patch by the patch's value", async () => {
    const patches = ops.constant(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]);
    const keep = ops.constant(Float32Array.of(0.5, 0), [1, 2]);
    const { masked } = await evaluate({ masked: applyMask(patches, keep) });
    expect([...masked]).toEqual([0.5, 1, 1.5, 0, 0, 0]);
  });

  for (const space of spaces) {
    test(`of zeros changes nothing at inference, bit for bit, in ${space} space`, async () => {
      const results = await evaluate({
        masked: maskedPatches(pixels, filled(0), "inference", { space }),
        plain: deit.normalizePixels(pixels),
      });
      expect(results.masked).toEqual(results.plain);
    });
  }

  test("of ones leaves a black image in pixel space and the mean colour in normalised space", async () => {
    const results = await evaluate({
      black: maskedPatches(pixels, filled(1), "inference", { space: "pixel" }),
      mean: maskedPatches(pixels, filled(1), "inference", { space: "normalized" }),
      zero: deit.normalizePixels(ops.zeros([B, N, L])),
    });
    expect(results.black).toEqual(results.zero);
    expect(results.mean.every((value) => Math.abs(value) === 0)).toBe(true);
  });
});

describe("polarity", () => {
  const mask = ops.constant(
    Float32Array.from({ length: B * N }, (_, i) => (i % 4) / 4),
    [B, N],
  );
  const keeps = (polarity?: "remove" | "keep") =>
    evaluate({
      training: keepMask(mask, "training", polarity),
      inference: keepMask(mask, "inference", polarity),
    });

  test("remove, the default: training sees M_p and inference 1 - M_p", async () => {
    const values = Float32Array.from({ length: B * N }, (_, i) => (i % 4) / 4);
    const { training, inference } = await keeps();
    expect(training).toEqual(values);
    expect(inference).toEqual(values.map((value) => 1 - value));
    expect(await keeps("remove")).toEqual({ training, inference });
  });

  test("keep: the other way round", async () => {
    const [remove, keep] = [await keeps("remove"), await keeps("keep")];
    expect(keep).toEqual({ training: remove.inference, inference: remove.training });
  });
});

describe("the classifier's input", () => {
  const { model, parameters } = nn.declareParameters((scope) =>
    declareGenerator(scope, generatorConfig(backbone, m)),
  );
  const state = parameters.map(({ tensor }) => tensor);
  const initial = nn.initialWeights(parameters, 2);

  async function run<Name extends string>(
    outputs: Readonly<Record<Name, Tensor>>,
    headBias?: number,
  ) {
    const feeds = Object.fromEntries([...initial].map(([name, { data }]) => [name, data]));
    if (headBias !== undefined) feeds["head.bias"] = Float32Array.of(headBias);
    return evaluate(outputs, state, feeds);
  }

  test("is the image times 1 - M_p, M_p being the mask of the whole image", async () => {
    const { patches, Mp } = maskedClassifierInput(model, images);
    const results = await run({
      patches,
      Mp,
      whole: generateMask(model, deit.normalizePixels(pixels)),
      expected: deit.normalizePixels(applyMask(pixels, ops.sub(1, Mp))),
    });
    expect(results.patches).toEqual(results.expected);
    expect(results.Mp).toEqual(results.whole);
  });

  for (const space of spaces) {
    test(`is the unmasked image where M_p vanishes, in ${space} space`, async () => {
      const { patches, Mp } = maskedClassifierInput(model, images, { space });
      const results = await run({ patches, Mp, plain: deit.normalizePixels(pixels) }, -200);
      expect(results.Mp).toEqual(new Float32Array(B * N));
      expect(results.patches).toEqual(results.plain);
    });
  }

  test("follows polarity, space and normalisation", async () => {
    const options: MaskOptions = {
      polarity: "keep",
      space: "normalized",
      normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    };
    const { patches, Mp } = maskedClassifierInput(model, images, options);
    const normalized = deit.normalizePixels(pixels, options.normalization);
    const results = await run({
      patches,
      Mp,
      expected: applyMask(normalized, Mp),
      ofNormalized: generateMask(model, normalized),
    });
    expect(results.patches).toEqual(results.expected);
    expect(results.Mp).toEqual(results.ofNormalized);
  });

  test("takes binary forms of the mask", async () => {
    const masks = async (form: MaskForm) =>
      (await run({ Mp: maskedClassifierInput(model, images, { form }).Mp })).Mp;
    const soft = await masks({ kind: "soft" });
    expect(await masks({ kind: "hard", threshold: 0.3 })).toEqual(
      soft.map((value) => Number(value > 0.3)),
    );
    const top = await masks({ kind: "top-k", m });
    for (let image = 0; image < B; image += 1) {
      const row = top.subarray(image * N, (image + 1) * N);
      expect(row.reduce((a, b) => a + b)).toBe(3); // round(0.3 · 9)
    }
  });

  test("shows the classifier no patch that a top-k mask removes", async () => {
    const form = { kind: "top-k", m } as const;
    const { patches, Mp } = maskedClassifierInput(model, images, { form });
    const results = await run({
      patches,
      Mp,
      black: deit.normalizePixels(ops.zeros([1, 1, L])),
      plain: deit.normalizePixels(pixels),
    });
    for (const [patch, removed] of results.Mp.entries()) {
      const at = patch * L;
      const seen = results.patches.slice(at, at + L);
      expect(seen).toEqual(removed === 1 ? results.black : results.plain.slice(at, at + L));
    }
  });
});
