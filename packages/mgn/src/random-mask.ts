/** @file Random masks: what stands in for the "real" images of a GAN (section 3.2). */
import type { random } from "@mvt/core";
import { MgnError } from "./error.ts";
import { maskedPatchCount } from "./top-k.ts";

export interface RandomMaskOptions {
  /** B */
  readonly images: number;
  /** N */
  readonly patches: number;
  readonly m: number;
  /**
   * How many patches an image gets. Default "exact": round(m N). "bernoulli": each with probability m.
   * [a, b]: round(u N), u uniform between a and b, drawn for every image; m is not used.
   */
  readonly count?: "exact" | "bernoulli" | readonly [low: number, high: number];
}

/**
 * Binary masks [B, N] of the generated masks' support: 1 for patches drawn uniformly without
 * replacement, independently for every image. Take a new stream, or go on with the same one, at every
 * step: random.stream(seed, `random-mask/${step}`).
 */
export function randomMask(
  stream: random.Stream,
  { images, patches, m, count = "exact" }: RandomMaskOptions,
): Float32Array<ArrayBuffer> {
  const [low, high] = typeof count === "string" ? [m, m] : count;
  if (!(low >= 0 && low <= high && high <= 1)) {
    throw new MgnError(
      `random masks: expected shares of the picture between 0 and 1, the lower first, got ${low} and ${high}; correct m or the count.`,
    );
  }
  const mask = new Float32Array(images * patches);
  for (let image = 0; image < images; image += 1) {
    const row = mask.subarray(image * patches, (image + 1) * patches);
    if (count === "bernoulli") {
      for (let patch = 0; patch < patches; patch += 1) row[patch] = Number(stream.bernoulli(m));
    } else {
      const share = count === "exact" ? m : stream.uniform(low, high);
      const drawn = stream.permutation(patches).subarray(0, maskedPatchCount(share, patches));
      for (const patch of drawn) row[patch] = 1;
    }
  }
  return mask;
}
