/** @file Named arrays: the state of a program, and the content of a file of weights. */
import { sizeOf } from "../tensor.ts";
import type { Shape } from "../tensor.ts";

/** A float32 array in row-major order. */
export interface NdArray {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export type Weights = ReadonlyMap<string, NdArray>;

/** The number of scalars in all arrays together. */
export function countParameters(
  weights: Iterable<readonly [string, { readonly shape: Shape }]>,
): number {
  let total = 0;
  for (const [, { shape }] of weights) total += sizeOf(shape);
  return total;
}
