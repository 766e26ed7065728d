/** @file Named arrays: the state of a program, and the content of a file of weights. */
import { sum } from "@mvt/common";
import { sizeOf } from "../tensor.ts";
import type { Shape } from "../tensor.ts";

/** A float32 array in row-major order. */
export interface NdArray {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export type Weights = ReadonlyMap<string, NdArray>;

/** The elements of all arrays, one array after another. */
export function concatenated(arrays: readonly ArrayLike<number>[]): Float32Array {
  const all = new Float32Array(sum(arrays.map(({ length }) => length)));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** The number of scalars in all arrays together. */
export function countParameters(
  weights: Iterable<readonly [string, { readonly shape: Shape }]>,
): number {
  return sum(Array.from(weights, ([, { shape }]) => sizeOf(shape)));
}
