/**
 * @file Position embeddings for another grid of patches.
 *
 * As timm's resample_abs_pos_embed: bicubic, antialiased, without aligned corners; the rows of other tokens
 * stay as they are. The filter is the one of PyTorch's interpolate(mode="bicubic", antialias=True), which is
 * Pillow's: Keys' cubic with a = -1/2, widened by the scale where the grid shrinks.
 */
import { sum } from "@mvt/common";
import type { StoredArray } from "../stored.ts";
import { concatenated } from "../weights.ts";
import type { NdArray } from "../weights.ts";

export interface Positions {
  /** Rows in the file before those of the patches: class token, distillation token. */
  readonly prefix: number;
  /** How many of these rows the network has: 1, the class token's, or 0. */
  readonly kept: number;
  /** Patches along a side, in the file and in the network. */
  readonly from: number;
  readonly to: number;
}

/** Keys, "Cubic Convolution Interpolation", IEEE Trans. ASSP 1981, with a = -1/2. */
function cubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return ((t - 5) * t + 8) * t * a - 4 * a;
  return 0;
}

/** For each of `to` places, which of the `from` places it is a weighted sum of: the first, and all weights. */
function interpolation(from: number, to: number) {
  const scale = from / to;
  const width = Math.max(scale, 1);
  const support = 2 * width;
  return Array.from({ length: to }, (_, i) => {
    const centre = scale * (i + 0.5);
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const raw = Array.from({ length: end - first }, (__, j) =>
      cubic((first + j - centre + 0.5) / width),
    );
    const total = sum(raw);
    return { first, weights: raw.map((weight) => weight / total) };
  });
}

/**
 * Position embeddings [1, prefix + from², D] as [1, prefix + to², D].
 *
 * @param prefix rows before those of the patches, which are kept: class and distillation token; may be 0
 */
export function resamplePositions(
  positions: NdArray,
  { prefix, from, to }: { readonly prefix: number; readonly from: number; readonly to: number },
): NdArray {
  if (from === to) return positions;
  const {
    shape: [, , D],
    data,
  } = positions;
  const kept = data.subarray(0, prefix * D!);
  const grid = data.subarray(prefix * D!); // [from, from, D]
  const places = interpolation(from, to);
  // One axis at a time, in float64: columns, then rows.
  const wide = new Float64Array(from * to * D!); // [from, to, D]
  for (let row = 0; row < from; row += 1) {
    for (const [column, { first, weights }] of places.entries()) {
      for (const [j, weight] of weights.entries()) {
        const [source, target] = [(row * from + first + j) * D!, (row * to + column) * D!];
        for (let d = 0; d < D!; d += 1) wide[target + d]! += weight * grid[source + d]!;
      }
    }
  }
  const square = new Float64Array(to * to * D!); // [to, to, D]
  for (const [row, { first, weights }] of places.entries()) {
    for (const [j, weight] of weights.entries()) {
      const [source, target] = [(first + j) * to * D!, row * to * D!];
      for (let i = 0; i < to * D!; i += 1) square[target + i]! += weight * wide[source + i]!;
    }
  }
  return { shape: [1, prefix + to * to, D!], data: concatenated([kept, square]) };
}

/** Position embeddings [1, prefix + from², D] of a file as the network has them: [1, kept + to², D]. */
export function loadPositions(
  { shape, data }: NdArray,
  { prefix, kept, from, to }: Positions,
): NdArray {
  const D = shape[2]!;
  const patches = { shape: [1, from * from, D], data: data.subarray(prefix * D) };
  const resampled = resamplePositions(patches, { prefix: 0, from, to });
  const rows = concatenated([data.subarray(0, kept * D), resampled.data]);
  return { shape: [1, kept + to * to, D], data: rows };
}

/** A class token [1, 1, D] plus the first row of position embeddings [1, rows, D], its own position. */
export function plusFirstPosition(classToken: StoredArray, positions: StoredArray): StoredArray {
  return {
    ...classToken,
    load: () => {
      const { shape, data } = classToken.load();
      const row = positions.load().data;
      return { shape, data: data.map((value, d) => value + row[d]!) };
    },
  };
}
