/** @file What the classifier sees: the picture beside its masked version. */
import { maskPixels, resizeImage } from "@mvt/core";
import type { ModelDescription, DecodedImage } from "@mvt/core";
import { contactSheet } from "../masks/contact-sheet.ts";

/** PNG of the resized picture and, to its right, the same under the mask [N] of its patches. */
export async function overlay(
  picture: DecodedImage,
  mask: Float32Array,
  description: ModelDescription,
): Promise<Uint8Array> {
  const { imageSize } = description.preprocessing;
  const pixels = resizeImage(picture, imageSize);
  return contactSheet([[pixels, maskPixels(pixels, mask, description)]], imageSize);
}
