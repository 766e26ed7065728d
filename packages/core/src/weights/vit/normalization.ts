/**
 * @file Weights that were trained on pixels of another mean and deviation than ImageNet's.
 *
 * No file says what its pixels were. The patch embedding is linear in them, so it can take over the difference: with
 * z = (x - m) / s in place of z' = (x - m') / s', it computes the same from w s / s' and b + Σ w (m - m') / s'. All that
 * comes after the weights (masks, exported models) then knows one normalisation only.
 */
import { imagenet } from "../../deit/pixels.ts";
import type { Normalization } from "../../deit/pixels.ts";
import type { Weights } from "../weights.ts";

/** What pixels can have been normalised with before a network was trained on them, by the name that an option takes. */
export const inputNormalizations = {
  imagenet: { about: "ImageNet's mean and deviation, as DeiT", ...imagenet },
  half: {
    about: "mean and deviation 0.5, as Google's ViT and timm's augreg",
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  },
} as const satisfies Readonly<Record<string, Normalization & { readonly about: string }>>;

export type InputNormalizationName = keyof typeof inputNormalizations;

/** The weights of a network that computes the same from pixels with ImageNet's normalisation; `weights` for it itself. */
export function forImagenetPixels(weights: Weights, from: InputNormalizationName): Weights {
  const matrix = weights.get("patch_embed.proj.weight"); // [D, 3, P, P]
  const bias = weights.get("patch_embed.proj.bias"); // [D]
  if (from === "imagenet" || matrix === undefined || bias === undefined) return weights;
  const { mean, std } = inputNormalizations[from];
  const scales = std.map((s, c) => imagenet.std[c]! / s);
  const shifts = mean.map((m, c) => (imagenet.mean[c]! - m) / std[c]!);
  const [D, channels] = matrix.shape as readonly [number, number];
  const perChannel = matrix.data.length / (D * channels);
  const sums = Float64Array.from(bias.data);
  const data = matrix.data.map((w, i) => {
    const c = Math.floor(i / perChannel) % channels;
    sums[Math.floor(i / (perChannel * channels))]! += w * shifts[c]!;
    return w * scales[c]!;
  });
  return new Map([
    ...weights,
    ["patch_embed.proj.weight", { shape: matrix.shape, data }],
    ["patch_embed.proj.bias", { shape: bias.shape, data: Float32Array.from(sums) }],
  ]);
}
