/** @file The values that `writeState` sets, which are the same for every engine. */
import { formatShape, sameShape, sizeOf } from "../tensor.ts";
import type { Shape } from "../tensor.ts";
import type { NdArray, Weights } from "../weights/weights.ts";

/** An array for every slot, out of `weights`. A missing one takes its initial value; without one it is an error. */
export function writtenState(
  slots: Iterable<
    readonly [name: string, { readonly shape: Shape; readonly initial?: number | undefined }]
  >,
  weights: Weights,
): ReadonlyMap<string, NdArray> {
  const written = new Map<string, NdArray>();
  for (const [name, { shape, initial }] of slots) {
    const given = weights.get(name);
    if (given === undefined && initial !== undefined) {
      written.set(name, { shape, data: filled(shape, initial) });
    } else if (given === undefined || !sameShape(given.shape, shape)) {
      throw new TypeError(
        `writeState: expected ${name} ${formatShape(shape)}, got ${given ? formatShape(given.shape) : "none"}`,
      );
    } else {
      written.set(name, given);
    }
  }
  return written;
}

/** An array with all elements equal. Zeros are not written, because memory that is never touched is not allocated. */
export function filled(shape: Shape, value: number): Float32Array {
  const array = new Float32Array(sizeOf(shape));
  return value === 0 ? array : array.fill(value);
}
