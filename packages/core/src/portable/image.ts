/** @file Turns a decoded image into the model's input, and shows what the model's mask leaves of it. */
import { fadePatches } from "../images/fade-patches.ts";
import { resizeBilinear } from "../images/resize.ts";
import type { ModelDescription, Preprocessing } from "./description.ts";

/** A decoded image: rows from the top, `channels` bytes per pixel. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** Shape [height, width, channels]. Grey, RGB, or RGB with an alpha channel that is ignored. */
  readonly data: Uint8Array;
  readonly channels: 1 | 3 | 4;
}

/** Values of an input tensor, and its shape. */
export interface InputValues {
  readonly data: Uint8Array | Float32Array;
  readonly dims: readonly number[];
}

/** A batch of images as the input that the model describes. */
export function inputValues(
  { input, preprocessing }: ModelDescription,
  images: readonly DecodedImage[],
): InputValues {
  const S = preprocessing.imageSize;
  const size = S * S * 3;
  const B = images.length;
  if (input === "bytes") {
    const data = new Uint8Array(B * size);
    for (const [i, image] of images.entries()) data.set(resizeImage(image, S), i * size);
    return { data, dims: [B, S, S, 3] };
  }
  const data = new Float32Array(B * size);
  for (const [i, image] of images.entries()) {
    data.set(normalized(resizeImage(image, S), preprocessing), i * size);
  }
  return { data, dims: [B, 3, S, S] };
}

/**
 * Resizes an image to S x S pixels of red, green and blue. Throws TypeError if the data are no bytes, which pixels from 0 to
 * 1 would be, or have another size.
 */
export function resizeImage(image: DecodedImage, S: number): Uint8Array {
  const { width, height, channels, data } = image;
  const given: unknown = data; // whatever its type says
  if (!(given instanceof Uint8Array || given instanceof Uint8ClampedArray)) {
    throw new TypeError(
      `predict: expected data as a Uint8Array of values from 0 to 255, got ${kindOf(given)}`,
    );
  }
  if (!channelCounts.includes(channels)) {
    throw new TypeError(
      `predict: expected ${channelCounts.join(", ")} channels, got ${String(channels)}`,
    );
  }
  if (!(width > 0 && height > 0) || data.length !== width * height * channels) {
    throw new TypeError(
      `predict: expected ${width} x ${height} pixels of ${channels} bytes, got ${data.length} bytes`,
    );
  }
  return resizeBilinear(toRgb(data, channels), width, 3, S);
}

/** As DecodedImage says: grey, RGB, RGBA. */
const channelCounts: readonly number[] = [1, 3, 4];

/** "a Float32Array" */
function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null)
    return value === null ? "null" : `a ${typeof value}`;
  return `a ${value.constructor?.name ?? "object"}`;
}

function toRgb(data: Uint8Array, channels: DecodedImage["channels"]): Uint8Array {
  if (channels === 3) return data;
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    for (let c = 0; c < 3; c += 1) rgb[to + c] = data[channels === 1 ? from : from + c]!;
  }
  return rgb;
}

/** [S, S, 3] bytes to [3, S, S], (pixel / 255 - mean) / std. */
function normalized(pixels: Uint8Array, { mean, std }: Preprocessing): Float32Array {
  const area = pixels.length / 3;
  return Float32Array.from({ length: pixels.length }, (_, i) => {
    const c = Math.floor(i / area);
    return (pixels[(i % area) * 3 + c]! / 255 - mean[c]!) / std[c]!;
  });
}

/**
 * The image [S, S, 3] as the classifier gets it under a mask [N] of its patches. Masked patches fade to black, or to
 * the mean of all images if the mask multiplies normalised pixels.
 */
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
