/** @file Loads tensors, which are strided views of a storage, as arrays in row-major order. */
import { sizeOf } from "../../tensor.ts";
import { elementSizes, toFloat32 } from "../element.ts";
import type { NdArray } from "../weights.ts";
import type { StoredTensor } from "./names.ts";

/** The values of a tensor, row by row; `bytes` are those of its storage. */
export function loadTensor(
  { storage: { type }, offset, size, stride }: StoredTensor,
  bytes: Uint8Array,
): NdArray {
  const count = sizeOf(size);
  if (count === 0) return { shape: size, data: new Float32Array() };
  const spanned = size.reduce((span, n, axis) => span + (n - 1) * stride[axis]!, 1);
  const from = offset * elementSizes[type];
  const values = toFloat32(bytes.subarray(from, from + spanned * elementSizes[type]), type);
  return { shape: size, data: isRowMajor(size, stride) ? values : gather(values, size, stride) };
}

function isRowMajor(size: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = size.length - 1; axis >= 0; axis -= 1) {
    if (size[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= size[axis]!;
  }
  return true;
}

/** Copies one element after another; the indices of the axes count up like an odometer. */
function gather(
  values: Float32Array,
  size: readonly number[],
  stride: readonly number[],
): Float32Array {
  const data = new Float32Array(sizeOf(size));
  const index = size.map(() => 0);
  let position = 0;
  for (let i = 0; i < data.length; i += 1) {
    data[i] = values[position]!;
    for (let axis = size.length - 1; axis >= 0; axis -= 1) {
      index[axis]! += 1;
      position += stride[axis]!;
      if (index[axis]! < size[axis]!) break;
      position -= size[axis]! * stride[axis]!;
      index[axis] = 0;
    }
  }
  return data;
}
