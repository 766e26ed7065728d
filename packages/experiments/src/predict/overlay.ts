/** @file What the classifier sees: the picture beside its masked version. */
import { resizePicture } from "@mvt/core";
import type { ModelDescription, Picture } from "@mvt/core";
import { contactSheet } from "../masks/contact-sheet.ts";
import { fadePatches } from "../masks/fade-patches.ts";

/** PNG of the resized picture and, to its right, the same under the mask [N] of its patches. */
export async function overlay(
  picture: Picture,
  mask: Float32Array,
  description: ModelDescription,
): Promise<Uint8Array> {
  const { imageSize } = description.preprocessing;
  const pixels = resizePicture(picture, imageSize);
  return contactSheet([[pixels, maskPixels(pixels, mask, description)]], imageSize);
}

/** [S, S, 3] bytes under a mask: towards black, or where it multiplies normalised pixels, to the mean. */
export function maskPixels(
  pixels: Uint8Array,
  mask: Float32Array,
  { preprocessing, mask: about }: ModelDescription,
): Uint8Array {
  const keep = Array.from(mask, (M) => (about?.polarity === "keep" ? M : 1 - M));
  const fill =
    about?.space === "normalized" ? preprocessing.mean.map((mean) => mean * 255) : undefined;
  return fadePatches(pixels, keep, preprocessing, fill);
}
