import { countParameters, deit, nn, ops } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";

const declare = (variant: deit.Variant, classes: number) =>
  nn.declareParameters((scope) => deit.declareVit(scope, { ...deit.variants[variant], classes }));

const count = (variant: deit.Variant, classes = 1000) =>
  countParameters(
    declare(variant, classes).parameters.map(({ name, tensor }) => [name, tensor] as const),
  );

describe("DeiT", () => {
  // Table 1 of arXiv:2012.12877 says 5, 22 and 86 million; the exact ones are timm's.
  test("has the published number of parameters with ImageNet's 1,000 classes", () => {
    expect(count("Ti/16")).toBe(5_717_416); //  5.7 million
    expect(count("S/16")).toBe(22_050_664); // 22.1 million
    expect(count("B/16")).toBe(86_567_656); // 86.6 million
  });

  test("answers K logits per image", () => {
    const { model } = declare("S/16", 7);
    const patches = ops.input("patches", [2, 196, 768]);
    expect(deit.classify(model, patches).shape).toEqual([2, 7]);
  });

  test("refuses an image size that is no multiple of the patch size", () => {
    const config = { ...deit.variants.nano, imageSize: 50, classes: 7 };
    expect(() => nn.declareParameters((scope) => deit.declareVit(scope, config))).toThrow(
      "vit: expected an image size that is a multiple of patch size 8, got 50",
    );
  });

  test("refuses a width that the heads do not divide", () => {
    const config = { ...deit.variants.nano, heads: 5, classes: 7 };
    expect(() => nn.declareParameters((scope) => deit.declareVit(scope, config))).toThrow(
      "block: expected a width that is a multiple of 5 heads, got 64",
    );
  });
});

describe("patchify", () => {
  test("lays a patch out as channel, row, column", async () => {
    // One image of 4 x 4, pixels numbered row by row, channels 0, 100 and 200 apart.
    const bytes = Uint8Array.from({ length: 48 }, (_, i) => Math.floor(i / 3) + 100 * (i % 3));
    const patches = deit.patchify(ops.constant(bytes, [1, 4, 4, 3]), 2);
    expect(patches.shape).toEqual([1, 4, 12]);
    const { values } = await evaluate({ values: ops.cast(patches, "float32") });
    expect(Array.from(values.subarray(12, 24))).toEqual([
      2, 3, 6, 7, 102, 103, 106, 107, 202, 203, 206, 207,
    ]);
  });

  test("refuses images that are not square", () => {
    const images = ops.input("images", [1, 4, 6, 3], "uint8");
    expect(() => deit.patchify(images, 2)).toThrow("got 4 x 6");
  });
});

describe("normalized pixels", () => {
  test("have mean 0 and deviation 1 where the picture has ImageNet's", async () => {
    const grey = ops.constant(new Float32Array(12).fill(0.5), [1, 1, 12]);
    const { values } = await evaluate({ values: deit.normalizePixels(grey) });
    const expected = [0.485, 0.456, 0.406].map(
      (mean, c) => (0.5 - mean) / [0.229, 0.224, 0.225][c]!,
    );
    expect(values).toBeAllClose(
      expected.flatMap((v) => [v, v, v, v]),
      { rtol: 1e-5, atol: 1e-6 },
    );
  });

  test("become pixels again", async () => {
    const pixels = ops.constant(
      Float32Array.from({ length: 24 }, (_, i) => i / 24),
      [1, 2, 12],
    );
    const again = deit.denormalizePixels(deit.normalizePixels(pixels));
    const { values } = await evaluate({ values: again });
    expect(values).toBeAllClose(
      Array.from({ length: 24 }, (_, i) => i / 24),
      { atol: 1e-6 },
    );
  });
});

describe("patchifyPlanar", () => {
  test("makes the patches that patchify makes of the same pictures", async () => {
    const bytes = Uint8Array.from({ length: 2 * 4 * 4 * 3 }, (_, i) => i * 2);
    const images = ops.constant(bytes, [2, 4, 4, 3]);
    const planar = ops.transpose(images, [0, 3, 1, 2]);
    const [a, b] = [deit.patchify(images, 2), deit.patchifyPlanar(planar, 2)];
    const { interleaved, channels } = await evaluate({
      interleaved: ops.cast(a, "float32"),
      channels: ops.cast(b, "float32"),
    });
    expect(channels).toEqual(interleaved);
  });
});
