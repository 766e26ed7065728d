/** @file Sums over axes, and what is made of them. */
import { formatShape, resolveAxis, sameShape, ShapeError, sizeOf } from "../tensor.ts";
import type { Shape, Tensor } from "../tensor.ts";
import { cast, div, mul, sub } from "./elementwise.ts";
import { recorder } from "./record.ts";
import type { Unary } from "./record.ts";
import { reshape } from "./shape.ts";

export interface ReductionPrimitives {
  sum: Unary<{ readonly axes: readonly number[]; readonly keepDims: boolean }>;
}

const { recordOne } = recorder<ReductionPrimitives>();

export interface Reduction {
  /** Keep the reduced axes, with size 1. Default false. */
  readonly keepDims?: boolean;
}

/** Σ over the given axes; over all of them if none are given. Sums of float16 are taken in float32. */
export function sum(
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: Reduction = {},
): Tensor {
  if (x.dtype === "float16") return cast(sum(cast(x, "float32"), axes, { keepDims }), "float16");
  const rank = x.shape.length;
  const reduced = (axes ?? x.shape.map((_, i) => i)).map((axis) => resolveAxis("sum", axis, rank));
  if (reduced.length === 0) return x;
  const shape = keepDims
    ? x.shape.map((n, i) => (reduced.includes(i) ? 1 : n))
    : x.shape.filter((_, i) => !reduced.includes(i));
  return recordOne("sum", [x], { axes: reduced.toSorted((a, b) => a - b), keepDims }, shape);
}

/** The arithmetic mean over the given axes; over all of them if none are given. */
export function mean(x: Tensor, axes?: readonly number[], options: Reduction = {}): Tensor {
  const total = sum(x, axes, options);
  return mul(total, sizeOf(total.shape) / sizeOf(x.shape));
}

/** The unbiased variance over one axis: Σ (x - x̄)² / (n - 1). */
export function variance(x: Tensor, axis: number): Tensor {
  const n = x.shape[resolveAxis("variance", axis, x.shape.length)]!;
  const centred = sub(x, mean(x, [axis], { keepDims: true }));
  return div(sum(mul(centred, centred), [axis]), n - 1);
}

/** Sums the axes along which `shape` was broadcast to x's shape: the adjoint of broadcastTo. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const added = x.shape.length - shape.length;
  const axes = x.shape.flatMap((n, i) => {
    const target = i < added ? 1 : shape[i - added]!;
    if (target !== n && target !== 1) {
      throw new ShapeError(
        `sumTo: expected a shape that broadcasts to ${formatShape(x.shape)}, got ${formatShape(shape)}`,
      );
    }
    return i < added || (target === 1 && n !== 1) ? [i] : [];
  });
  return reshape(sum(x, axes), shape);
}
