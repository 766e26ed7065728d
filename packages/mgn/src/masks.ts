/**
 * @file Masks in the graph: their polarity, whether they multiply pixels or normalised pixels, and the masked
 * patches that the networks get.
 *
 * Shapes: B images, N patches, L = 3 P P numbers per patch. The paper's M_f is M_p copied to P x P x C. On
 * patches [B, N, L] that is M_p broadcast over the last axis, so M_f needs no tensor.
 */
import { deit, dims, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { type MaskForm, shapeMask } from "./forms.ts";
import { generateMask, type MaskGenerator } from "./generator.ts";

/**
 * What inference does with the patches of high M_p.
 *
 * "remove", the default: MGN trains on I · M_p, the classifier gets I · (1 - M_p), and m is the share
 * removed. It is the only reading under which all statements of the paper hold: M_p is high where a patch is
 * unimportant and inference uses 1 - M_p (3.1), the discriminator must fail on its input (3.2),
 * and a mask ratio of 0 is the unmasked baseline (Table 1).
 *
 * "keep": MGN trains on I · (1 - M_p), the classifier gets I · M_p; m = 0 would be a black image.
 */
export const polarities = ["remove", "keep"] as const;
export type Polarity = (typeof polarities)[number];

/**
 * What the mask multiplies. "pixel", the default: pixels in [0, 1], which are normalised afterwards ("the
 * black area represents the masked regions", Fig. 2). "normalized": normalised pixels, where 0 is the mean
 * colour.
 */
export const maskSpaces = ["pixel", "normalized"] as const;
export type MaskSpace = (typeof maskSpaces)[number];

export interface MaskOptions {
  /** Default "remove". */
  readonly polarity?: Polarity;
  /** Default "pixel". The same for generated and random masks, in training and at inference. */
  readonly space?: MaskSpace;
  /** Default `deit.imagenet`. */
  readonly normalization?: deit.Normalization;
}

/** Whose input it is: the discriminator's while MGN trains, or the classifier's at inference. */
export type Stage = "training" | "inference";

/** The factor for every patch, [B, N]: M_p or 1 - M_p. */
export function keepMask(Mp: Tensor, stage: Stage, polarity: Polarity = "remove"): Tensor {
  const complement = (stage === "inference") === (polarity === "remove");
  return complement ? ops.sub(1, Mp) : Mp;
}

/** I_M = M_f I, element by element: patches [B, N, L], one factor per patch [B, N]. */
export function applyMask(patches: Tensor, keep: Tensor): Tensor {
  const [B, N] = dims(keep, "B N");
  return ops.mul(patches, ops.reshape(keep, [B, N, 1]));
}

/** Pixels [B, N, L] in [0, 1] to masked and normalised patches [B, N, L]. */
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

/** Image bytes [B, S, S, 3] to pixels in [0, 1], [B, N, L], and M_p [B, N] of the unmasked image. */
export function generatedMask(
  generator: MaskGenerator,
  images: Tensor,
  { normalization }: MaskOptions = {},
): { readonly pixels: Tensor; readonly Mp: Tensor } {
  const pixels = deit.toPixels(deit.patchify(images, generator.config.patchSize));
  return { pixels, Mp: generateMask(generator, deit.normalizePixels(pixels, normalization)) };
}

/**
 * The classifier's input at inference, from image bytes [B, S, S, 3]: patches [B, N, L] for
 * `traceNetwork`, and M_p [B, N] in the form that was applied. Default form: soft, as in the paper's text.
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
