/**
 * @file Masks that never look at the image: what a generated mask must beat.
 *
 * All of them read as M_p: 1 for a patch that inference removes. They have exactly round(m N) of them.
 */
import { MgnError } from "./error.ts";
import { maskedPatchCount, topKMask } from "./top-k.ts";

export interface ControlMaskOptions {
  /** N, the number of patches of a square grid. */
  readonly patches: number;
  readonly m: number;
}

/**
 * How far every patch is from the picture's middle, [N]: 1 on an upright ellipse that touches top and
 * bottom, more outside. The smooth counterpart of `ellipseMask`, for measures that need an order.
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

/** The round(m N) patches nearest to a corner, in turns from all four; [N]. */
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
  throw new MgnError(
    `control masks: expected a square number of patches, got ${patches}; use (imageSize / patchSize)².`,
  );
}
