/** @file Weights that were trained on pixels of another normalisation compute the same from ImageNet's. */
import { deit, forImagenetPixels, inputNormalizations, nn, ops } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";
import { load, reference, tiny } from "./support/weights.ts";

/** The logits of the reference images, normalised so. */
async function logitsOf(weights: Weights, normalization: deit.Normalization) {
  const images = reference.get("images")!;
  const { model, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, tiny));
  const input = ops.input("images", images.shape, "uint8");
  const pixels = deit.toPixels(deit.patchify(input, tiny.patchSize));
  const logits = deit.classify(model, deit.normalizePixels(pixels, normalization));
  const feeds = Object.fromEntries([...weights].map(([name, { data }]) => [name, data]));
  const { answer } = await evaluate(
    { answer: logits },
    [input, ...parameters.map(({ tensor }) => tensor)],
    { images: Uint8Array.from(images.data), ...feeds },
  );
  return answer;
}

const { half, imagenet } = inputNormalizations;

describe("weights for pixels with mean and deviation 0.5", () => {
  test("give the same logits from ImageNet's pixels once they are adapted, and others before", async () => {
    const weights = await load("timm.safetensors");
    const expected = await logitsOf(weights, half);
    const near = { rtol: 1e-5, atol: 1e-5 };
    expect(await logitsOf(forImagenetPixels(weights, "half"), imagenet)).toBeAllClose(
      expected,
      near,
    );
    expect(await logitsOf(weights, imagenet)).not.toBeAllClose(expected, {
      rtol: 0.01,
      atol: 0.01,
    });
  });

  test("change in their patch embedding only; ImageNet's do not change at all", async () => {
    const weights = await load("timm.safetensors");
    const adapted = forImagenetPixels(weights, "half");
    const changed = [...weights].filter(([name, array]) => adapted.get(name) !== array);
    expect(changed.map(([name]) => name).toSorted()).toEqual([
      "patch_embed.proj.bias",
      "patch_embed.proj.weight",
    ]);
    expect(forImagenetPixels(weights, "imagenet")).toBe(weights);
  });
});
