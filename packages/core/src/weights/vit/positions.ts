/**
 * @file Position embeddings for another grid of patches.
 *
 * By default as timm's resample_abs_pos_embed: bicubic, antialiased, without aligned corners; the rows of other tokens
 * stay as they are. The filter is the one of PyTorch's interpolate(mode="bicubic", antialias=True), which is
 * Pillow's: Keys' cubic with a = -1/2, widened by the scale where the grid shrinks. DINOv2 without registers resamples
 * in another way, which `resamplings` describes.
 */
import { sum } from "@mvt/common";
import type { StoredArray } from "../stored.ts";
import { concatenated } from "../weights.ts";
import type { NdArray } from "../weights.ts";

/** The ways of resampling. */
export const resamplings = {
  /** timm's, and that of DINOv2 with registers. */
  antialiased: { a: -0.5, antialias: true, offset: 0 },
  /**
   * That of facebookresearch/dinov2 for its networks without registers: PyTorch's interpolate(mode="bicubic") without
   * antialiasing, whose cubic has a = -3/4, at a scale of (to + 0.1) / from.
   */
  dinov2: { a: -0.75, antialias: false, offset: 0.1 },
} as const;

export type Resampling = keyof typeof resamplings;

export interface Positions {
  /** Rows in the file before those of the patches: class token, distillation token. */
  readonly prefix: number;
  /** How many of these rows the network has: 1, the class token's, or 0. */
  readonly kept: number;
  /** Patches along a side, in the file and in the network. */
  readonly from: number;
  readonly to: number;
  /** Default "antialiased". */
  readonly resampling?: Resampling;
}

/** Keys, "Cubic Convolution Interpolation", IEEE Trans. ASSP 1981. */
function cubic(x: number, a: number): number {
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return ((t - 5) * t + 8) * t * a - 4 * a;
  return 0;
}

/**
 * For each of `to` places, which of the `from` places it is a weighted sum of: the first, and all weights. At the edges
 * antialiasing leaves out places that there are not; without it, the outermost place stands for them.
 */
function interpolation(from: number, to: number, resampling: Resampling) {
  const { a, antialias, offset } = resamplings[resampling];
  const scale = from / (to + offset);
  if (!antialias) {
    return Array.from({ length: to }, (_, i) => {
      const centre = scale * (i + 0.5) - 0.5;
      const start = Math.floor(centre) - 1;
      const first = Math.min(Math.max(start, 0), from - 1);
      const weights = Array.from({ length: Math.min(4, from - first) }, () => 0);
      for (let j = 0; j < 4; j += 1) {
        const place = Math.min(Math.max(start + j, 0), from - 1);
        weights[place - first]! += cubic(centre - (start + j), a);
      }
      return { first, weights };
    });
  }
  const width = Math.max(scale, 1);
  const support = 2 * width;
  return Array.from({ length: to }, (_, i) => {
    const centre = scale * (i + 0.5);
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const raw = Array.from({ length: end - first }, (__, j) =>
      cubic((first + j - centre + 0.5) / width, a),
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
  { prefix, from, to, resampling = "antialiased" }: Omit<Positions, "kept">,
): NdArray {
  if (from === to) return positions;
  const {
    shape: [, , D],
    data,
  } = positions;
  const kept = data.subarray(0, prefix * D!);
  const grid = data.subarray(prefix * D!); // [from, from, D]
  const places = interpolation(from, to, resampling);
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
  { prefix, kept, ...grids }: Positions,
): NdArray {
  const D = shape[2]!;
  const { from, to } = grids;
  const patches = { shape: [1, from * from, D], data: data.subarray(prefix * D) };
  const resampled = resamplePositions(patches, { prefix: 0, ...grids });
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
