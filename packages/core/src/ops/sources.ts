/** @file Tensors that come from outside the graph: inputs and constants. */
import { formatShape, recordOne, ShapeError, sizeOf } from "../tensor.ts";
import type { DType, Shape, Tensor } from "../tensor.ts";
import type { ConstantData } from "./primitives.ts";

/** A tensor that is fed, or kept as state, under `name`. Names are unique within a program. */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Tensor {
  return recordOne("input", [], { name }, shape, dtype);
}

/** A tensor whose values are part of the program. Meant for small ones: a mean, a range, a scalar. */
export function constant(data: ConstantData, shape: Shape): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `constant: expected ${sizeOf(shape)} values for ${formatShape(shape)}, got ${data.length}`,
    );
  }
  const dtype =
    data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "uint8";
  return recordOne("constant", [], { data }, shape, dtype);
}

/** A constant of shape []. */
export function scalar(value: number): Tensor {
  return constant(Float32Array.of(value), []);
}
