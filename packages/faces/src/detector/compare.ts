/** @file Found faces beside true ones. */
import type { FivePoints } from "../geometry/points.ts";
import type { Face, FaceBox } from "./find.ts";

/** The share of two boxes' union that both cover, from which on they are the same face. */
export const sameFace = 0.3;

/** What is known of a face. */
export interface TrueFace {
  readonly box: FaceBox;
  readonly points: FivePoints;
}

export interface ComparedFaces<Truth extends TrueFace> {
  /** Every true face, with the found one that is the same; absent if it was missed. */
  readonly pairs: readonly { readonly truth: Truth; readonly found?: Face }[];
  /** Found faces that are none of the true ones. */
  readonly extra: number;
}

/** Pairs faces whose boxes overlap most, each at most once. */
export function compareFaces<Truth extends TrueFace>(
  truths: readonly Truth[],
  found: readonly Face[],
): ComparedFaces<Truth> {
  const overlaps = truths
    .flatMap((truth, t) =>
      found.map((face, f) => ({ t, f, overlap: overlapOf(truth.box, face.box) })),
    )
    .filter(({ overlap }) => overlap >= sameFace)
    .toSorted((a, b) => b.overlap - a.overlap);
  const matched = new Map<number, number>();
  const used = new Set<number>();
  for (const { t, f } of overlaps) {
    if (matched.has(t) || used.has(f)) continue;
    matched.set(t, f);
    used.add(f);
  }
  const pairs = truths.map((truth, t) => {
    const match = matched.get(t);
    return match === undefined ? { truth } : { truth, found: found[match]! };
  });
  return { pairs, extra: found.length - used.size };
}

/** Intersection over union. */
export function overlapOf(a: FaceBox, b: FaceBox): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}
