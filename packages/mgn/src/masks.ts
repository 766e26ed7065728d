/**
 * @file Masks in the graph: which way round they are, where they are applied, what the networks see.
 *
 * Everything works on patches [B, N, L], L = 3 P P, in which the paper's M_f needs no tensor of its
 * own: one value per patch, repeated over the last axis, is M_p copied to P x P x C.
 */
import { deit, dims, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { type MaskForm, shapeMask } from "./forms.ts";
import { generateMask, type MaskGenerator } from "./generator.ts";

/**
 * What inference does with the patches of high M_p.
 *
 * "remove", the default: MGN trains on I · M_p, the classifier sees I · (1 - M_p), and m is the share
 * removed. The only reading under which the paper's statements all hold: M_p is high where a patch is
 * unimportant and inference uses 1 - M_p (3.1), the discriminator must fail on what it is shown (3.2),
 * and a mask ratio of 0 is the unmasked baseline (Table 1).
 *
 * "keep": MGN trains on I · (1 - M_p), the classifier sees I · M_p; m = 0 would be a black picture.
 */
export type Polarity = "remove" | "keep";

/**
 * Where the mask multiplies: on pixels in [0, 1], then normalised ("the black area represents the
 * masked regions", Fig. 2), or on normalised pixels, where 0 is the mean colour.
 */
export type MaskSpace = "pixel" | "normalized";

export interface MaskOptions {
  /** Default "remove". */
  readonly polarity?: Polarity;
  /** Default "pixel". The same for generated and random masks, in training and at inference. */
  readonly space?: MaskSpace;
  /** Default `deit.imagenet`. */
  readonly normalization?: deit.Normalization;
}

/** Whose eyes: the discriminator's while MGN trains, or the classifier's. */
export type Stage = "training" | "inference";

/** The factor on every patch, [B, N]: M_p or 1 - M_p. */
export function keepMask(Mp: Tensor, stage: Stage, polarity: Polarity = "remove"): Tensor {
  const complement = (stage === "inference") === (polarity === "remove");
  return complement ? ops.sub(1, Mp) : Mp;
}

/** I_M = M_f I, element by element: patches [B, N, L], one factor per patch [B, N]. */
export function applyMask(patches: Tensor, keep: Tensor): Tensor {
  const [B, N] = dims(keep, "B N");
  return ops.mul(patches, ops.reshape(keep, [B, N, 1]));
}

/** What a network sees under M_p: pixels [B, N, L] in [0, 1] to masked, normalised patches. */
export function maskedPatches(
  pixels: Tensor,
  Mp: Tensor,
  stage: Stage,
  { polarity, space = "pixel", normalization }: MaskOptions = {},
): Tensor {
  const keep = keepMask(Mp, stage, polarity);
  return space === "pixel"
    ? deit.normalizePixels(applyMask(pixels, keep), normalization)
    : applyMask(deit.normalizePixels(pixels, normalization), keep);
}

/** Image bytes [B, S, S, 3] to pixels in [0, 1], [B, N, L], and M_p [B, N] of the whole picture. */
export function generatedMask(
  generator: MaskGenerator,
  images: Tensor,
  { normalization }: MaskOptions = {},
): { readonly pixels: Tensor; readonly Mp: Tensor } {
  const pixels = deit.toPixels(deit.patchify(images, generator.config.patchSize));
  return { pixels, Mp: generateMask(generator, deit.normalizePixels(pixels, normalization)) };
}

/**
 * What the classifier sees at inference, from image bytes [B, S, S, 3]: patches [B, N, L], ready for
 * `traceNetwork`, and M_p [B, N] as it was applied. Default form: soft, as in the paper's text.
 */
export function maskedClassifierInput(
  generator: MaskGenerator,
  images: Tensor,
  { form = { kind: "soft" }, ...options }: MaskOptions & { readonly form?: MaskForm } = {},
): { readonly patches: Tensor; readonly Mp: Tensor } {
  const { pixels, Mp: soft } = generatedMask(generator, images, options);
  const Mp = shapeMask(soft, form);
  return { patches: maskedPatches(pixels, Mp, "inference", options), Mp };
}
