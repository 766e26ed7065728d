/**
 * @file Masks that do not depend on the image: the random ones that MGN trains with, and those that a
 * generated mask is compared with.
 *
 * Their values mean what those of M_p mean: 1 for a patch that inference removes.
 */
import { UserError } from "@mvt/common";
import type { random } from "@mvt/core";
import { maskedPatchCount, topKMask } from "./forms.ts";

/** Every mask that a generated one is compared with, and which round(m N) patches it removes. */
export const controlMasks = {
  random: "any patches, drawn anew for every image",
  ellipse: "the patches farthest outside a centred ellipse",
  corners: "the patches nearest to the corners",
  truth:
    "the patches that change least with the expression, which is known of synthetic faces only",
} as const;

export type ControlMaskName = keyof typeof controlMasks;

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
 * Binary masks [B, N]: 1 for patches drawn uniformly without replacement, independently for every image.
 * They take the place of a GAN's real images (section 3.2). Use a new stream, or go on with the same one, at
 * every step: random.stream(seed, `random-mask/${step}`).
 *
 * @throws UserError for shares outside [0, 1]
 */
export function randomMask(
  stream: random.Stream,
  { images, patches, m, count = "exact" }: RandomMaskOptions,
): Float32Array<ArrayBuffer> {
  const [low, high] = typeof count === "string" ? [m, m] : count;
  if (!(low >= 0 && low <= high && high <= 1)) {
    throw new UserError(
      `random masks: expected shares of the image between 0 and 1, the lower first, got ${low} and ${high}; correct m or the count.`,
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

export interface ControlMaskOptions {
  /** N, the number of patches of a square grid. */
  readonly patches: number;
  readonly m: number;
}

/**
 * How far every patch is from the middle of the image, [N]: 1 on an upright ellipse that touches the top and
 * bottom edges, more outside. It ranks patches in the order in which `ellipseMask` removes them.
 *
 * @param aspect width over height; 0.75 is roughly that of a face
 */
export function ellipseDistance(patches: number, aspect = 0.75): Float32Array<ArrayBuffer> {
  const half = sideOf(patches) / 2;
  return overGrid(patches, (row, column) => {
    const [y, x] = [(row + 0.5 - half) / half, (column + 0.5 - half) / half];
    return Math.hypot(x / aspect, y);
  });
}

/** The round(m N) patches farthest outside an upright, centred ellipse; [N]. */
export function ellipseMask({ patches, m }: ControlMaskOptions): Float32Array<ArrayBuffer> {
  return topKMask(ellipseDistance(patches), maskedPatchCount(m, patches));
}

/** The round(m N) patches nearest to any of the four corners; [N]. */
export function cornersMask({ patches, m }: ControlMaskOptions): Float32Array<ArrayBuffer> {
  const last = sideOf(patches) - 1;
  const nearness = overGrid(
    patches,
    (row, column) => -Math.hypot(Math.min(row, last - row), Math.min(column, last - column)),
  );
  return topKMask(nearness, maskedPatchCount(m, patches));
}

function overGrid(patches: number, value: (row: number, column: number) => number) {
  const side = sideOf(patches);
  return Float32Array.from({ length: patches }, (_, i) => value(Math.floor(i / side), i % side));
}

function sideOf(patches: number): number {
  const side = Math.sqrt(patches);
  if (Number.isInteger(side) && side > 0) return side;
  throw new UserError(
    `control masks: expected a square number of patches, got ${patches}; use (imageSize / patchSize)².`,
  );
}
