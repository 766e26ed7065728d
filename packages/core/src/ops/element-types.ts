/** @file What operators ask of their inputs' element types. */
import { ShapeError } from "../tensor.ts";
import type { DType, FloatType, Tensor } from "../tensor.ts";

/** Whether tensors of this type have gradients. */
export function isFloat(dtype: DType): dtype is FloatType {
  return dtype === "float32" || dtype === "float16";
}

/** Either float type. */
export function requireFloat(op: string, { dtype }: Tensor): void {
  if (!isFloat(dtype)) throw new ShapeError(`${op}: expected float32 or float16, got ${dtype}`);
}

/** float32 alone: of operators whose results float16 is too coarse or too narrow for. */
export function requireFloat32(op: string, { dtype }: Tensor): void {
  if (dtype !== "float32") throw new ShapeError(`${op}: expected float32, got ${dtype}`);
}

/** The operator does not convert. */
export function requireOneType(op: string, xs: readonly Tensor[]): void {
  const types = [...new Set(xs.map(({ dtype }) => dtype))];
  if (types.length > 1) {
    throw new ShapeError(`${op}: expected one element type, got ${types.join(" and ")}`);
  }
}
