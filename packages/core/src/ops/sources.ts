/** @file Tensors that come from outside the graph: inputs and constants. */
import { Float16Array } from "../float16.ts";
import { formatShape, ShapeError, sizeOf } from "../tensor.ts";
import type { DType, FloatType, InputType, Shape, Tensor } from "../tensor.ts";
import { recorder } from "./record.ts";
import type { Source } from "./record.ts";

/** Values of a constant, as the element type's typed array (bool: Uint8Array). */
export type ConstantData = Float32Array | Float16Array | Int32Array | Uint8Array;

export interface SourcePrimitives {
  input: Source<{ readonly name: string }>;
  constant: Source<{ readonly data: ConstantData }>;
}

const { recordOne } = recorder<SourcePrimitives>();

/** A tensor that is fed, or kept as state, under `name`. Names are unique within a program. */
export function input(name: string, shape: Shape, dtype: InputType = "float32"): Tensor {
  return recordOne("input", [], { name }, shape, dtype);
}

/** A tensor whose values are part of the program. Meant for small ones: a mean, a range, a scalar. */
export function constant(data: ConstantData, shape: Shape): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `constant: expected ${sizeOf(shape)} values for ${formatShape(shape)}, got ${data.length}`,
    );
  }
  return recordOne("constant", [], { data }, shape, typeOf(data));
}

/** A constant of shape []. */
export function scalar(value: number, dtype: FloatType = "float32"): Tensor {
  return constant((dtype === "float16" ? Float16Array : Float32Array).of(value), []);
}

function typeOf(data: ConstantData): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  return data instanceof Uint8Array ? "uint8" : "float16";
}
