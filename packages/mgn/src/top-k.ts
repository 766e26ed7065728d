/** @file The k patches of highest M_p: one rule, in the graph and on the host. Equals: the first wins. */
import { dims, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { MgnError } from "./error.ts";

/** round(m N): 20, 29 and 39 of 196 patches for m = 0.10, 0.15 and 0.20. */
export function maskedPatchCount(m: number, patches: number): number {
  return Math.round(m * patches);
}

/**
 * 1 for the k highest values of every row and 0 elsewhere: [B, N] to [B, N], without a gradient.
 * A patch is among them if fewer than k come before it, which needs comparisons [B, N, N] but no sort.
 */
export function topK(Mp: Tensor, k: number): Tensor {
  const [B, N] = dims(Mp, "B N");
  requireCount(k, N);
  const [mine, other] = [ops.reshape(Mp, [B, N, 1]), ops.reshape(Mp, [B, 1, N])];
  const indices = Int32Array.from({ length: N }, (_, i) => i);
  const isEarlier = ops.greater(ops.constant(indices, [N, 1]), ops.constant(indices, [1, N])); // [N, N]
  const higher = ops.cast(ops.greater(other, mine), "float32"); // [B, N, N]
  const equalAndEarlier = ops.mul(
    ops.cast(ops.equal(other, mine), "float32"),
    ops.cast(isEarlier, "float32"),
  );
  const before = ops.sum(ops.add(higher, equalAndEarlier), [2]); // [B, N]
  return ops.cast(ops.greater(k, before), "float32");
}

/** The same for the values of one image, outside the graph: [N] to [N]. */
export function topKMask(Mp: ArrayLike<number>, k: number): Float32Array<ArrayBuffer> {
  requireCount(k, Mp.length);
  const order = Array.from({ length: Mp.length }, (_, i) => i).toSorted(
    (a, b) => Mp[b]! - Mp[a]! || a - b,
  );
  const mask = new Float32Array(Mp.length);
  for (const patch of order.slice(0, k)) mask[patch] = 1;
  return mask;
}

function requireCount(k: number, patches: number): void {
  if (Number.isInteger(k) && k >= 0 && k <= patches) return;
  throw new MgnError(
    `top-k: expected a whole number of patches from 0 to ${patches}, got ${k}; use maskedPatchCount(m, N).`,
  );
}
