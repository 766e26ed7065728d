/** @file Checks of the element types of operators' inputs. */
import { ShapeError } from "../tensor.ts";
import type { DType, FloatType, Tensor } from "../tensor.ts";

/** Whether tensors of this type have gradients. */
export function isFloat(dtype: DType): dtype is FloatType {
  return dtype === "float32" || dtype === "float16";
}

/** Throws ShapeError unless the tensor is float32 or float16. */
export function requireFloat(op: string, { dtype }: Tensor): void {
  if (!isFloat(dtype)) throw new ShapeError(`${op}: expected float32 or float16, got ${dtype}`);
}

/** Throws ShapeError unless the tensor is float32: for operators whose results need its precision or range. */
export function requireFloat32(op: string, { dtype }: Tensor): void {
  if (dtype !== "float32") throw new ShapeError(`${op}: expected float32, got ${dtype}`);
}

/** Throws ShapeError unless all tensors have one element type: operators do not convert. */
export function requireOneType(op: string, xs: readonly Tensor[]): void {
  const types = [...new Set(xs.map(({ dtype }) => dtype))];
  if (types.length > 1) {
    throw new ShapeError(`${op}: expected one element type, got ${types.join(" and ")}`);
  }
}
