/** @file Operators that move elements without changing them. */
import { formatShape, resolveAxis, sameShape, ShapeError, sizeOf } from "../tensor.ts";
import type { FloatType, Shape, Tensor } from "../tensor.ts";
import { broadcastShapes } from "./broadcast.ts";
import { recorder } from "./record.ts";
import type { NoParams, Unary } from "./record.ts";
import { scalar } from "./sources.ts";

export interface ShapePrimitives {
  reshape: Unary<{ readonly shape: Shape }>;
  transpose: Unary<{ readonly permutation: readonly number[] }>;
  broadcastTo: Unary<{ readonly shape: Shape }>;
  split: Unary<{ readonly axis: number; readonly sizes: readonly number[] }>;
  concat: { readonly inputs: readonly Tensor[]; readonly params: { readonly axis: number } };
  after: { readonly inputs: readonly [x: Tensor, first: Tensor]; readonly params: NoParams };
}

const { record, recordOne } = recorder<ShapePrimitives>();

/** The same elements in row-major order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sizeOf(x.shape) !== sizeOf(shape)) {
    throw new ShapeError(
      `reshape: expected ${sizeOf(x.shape)} elements, as in ${formatShape(x.shape)}, got ${formatShape(shape)}`,
    );
  }
  // A reshape of a reshape is one reshape, and one to the same shape is none.
  const source = x.node.op === "reshape" ? (x.node.inputs[0] as Tensor) : x;
  if (sameShape(source.shape, shape)) return source;
  return recordOne("reshape", [source], { shape }, shape, x.dtype);
}

/** Axis i of the result is axis permutation[i] of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const rank = x.shape.length;
  if (permutation.length !== rank || new Set(permutation).size !== rank) {
    throw new ShapeError(
      `transpose: expected a permutation of ${rank} axes for ${formatShape(x.shape)}, got ${formatShape(permutation)}`,
    );
  }
  const shape = permutation.map((axis) => x.shape[resolveAxis("transpose", axis, rank)]!);
  return recordOne("transpose", [x], { permutation }, shape, x.dtype);
}

/** Repeats axes of size 1, and adds leading axes, until x has the given shape. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape)) {
    throw new ShapeError(
      `broadcastTo: expected a shape that ${formatShape(x.shape)} broadcasts to, got ${formatShape(shape)}`,
    );
  }
  return recordOne("broadcastTo", [x], { shape }, shape, x.dtype);
}

/** Cuts x along an axis into tensors of the given sizes. The sizes add up to the axis. */
export function split(x: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] {
  const along = resolveAxis("split", axis, x.shape.length);
  if (sizes.reduce((a, b) => a + b, 0) !== x.shape[along]) {
    throw new ShapeError(
      `split: expected sizes that add up to axis ${along} of ${formatShape(x.shape)}, got ${formatShape(sizes)}`,
    );
  }
  if (sizes.length === 1) return [x];
  const outputs = sizes.map((size) => ({
    shape: x.shape.map((n, i) => (i === along ? size : n)),
    dtype: x.dtype,
  }));
  return record("split", [x], { axis: along, sizes }, outputs);
}

/** The elements start .. end - 1 of one axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const n = x.shape[resolveAxis("slice", axis, x.shape.length)]!;
  if (!(start >= 0 && start < end && end <= n)) {
    throw new ShapeError(
      `slice: expected 0 <= start < end <= ${n} on axis ${axis} of ${formatShape(x.shape)}, got ${start} and ${end}`,
    );
  }
  const sizes = [start, end - start, n - end];
  const index = start === 0 ? 0 : 1;
  return split(
    x,
    axis,
    sizes.filter((size) => size > 0),
  )[index]!;
}

/** Tensors joined along an axis; all their other axes agree. */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const [first] = xs;
  if (first === undefined) throw new ShapeError("concat: expected at least one tensor, got none");
  const along = resolveAxis("concat", axis, first.shape.length);
  for (const x of xs) {
    const agrees =
      x.shape.length === first.shape.length &&
      x.shape.every((n, i) => i === along || n === first.shape[i]);
    if (!agrees || x.dtype !== first.dtype) {
      throw new ShapeError(
        `concat: expected shapes that agree but for axis ${along}, got ${xs.map(({ shape }) => formatShape(shape)).join(" and ")}`,
      );
    }
  }
  if (xs.length === 1) return first;
  const total = xs.reduce((n, x) => n + x.shape[along]!, 0);
  const shape = first.shape.map((n, i) => (i === along ? total : n));
  return recordOne("concat", xs, { axis: along }, shape, first.dtype);
}

/** The elements of an axis in reverse order. Joined from single elements: for axes of few. */
export function reverse(x: Tensor, axis: number): Tensor {
  const n = x.shape[resolveAxis("reverse", axis, x.shape.length)]!;
  const single = Array.from({ length: n }, () => 1);
  return concat(split(x, axis, single).toReversed(), axis);
}

/**
 * x, but only once `first` has been computed. What is computed from the result is a new computation, which is not
 * merged with an equal one that starts from x.
 */
export function after(x: Tensor, first: Tensor): Tensor {
  return recordOne("after", [x, first], {}, x.shape, x.dtype);
}

/** A tensor of zeros. */
export function zeros(shape: Shape, dtype: FloatType = "float32"): Tensor {
  return broadcastTo(scalar(0, dtype), shape);
}
