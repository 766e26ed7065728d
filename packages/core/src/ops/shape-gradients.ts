/** @file The gradients of the operators that move elements. */
import type { VjpRules } from "../autodiff/rule.ts";
import type { FloatType } from "../tensor.ts";
import { sumTo } from "./reduction.ts";
import { concat, reshape, split, transpose, zeros } from "./shape.ts";

export const shapeRules = {
  reshape: (dy, [x]) => [reshape(dy, x.shape)],
  transpose: (dy, _, { params: { permutation } }) => [
    transpose(
      dy,
      permutation.map((_axis, i) => permutation.indexOf(i)), // the inverse permutation
    ),
  ],
  broadcastTo: (dy, [x]) => [sumTo(dy, x.shape)],
  split: (_dy, _inputs, { params: { axis }, outputs }, dys) => [
    concat(
      outputs.map((y, i) => dys[i] ?? zeros(y.shape, y.dtype as FloatType)),
      axis,
    ),
  ],
  after: (dy) => [dy, undefined],
  concat: (dy, xs, { params: { axis } }) =>
    split(
      dy,
      axis,
      xs.map((x) => x.shape[axis]!),
    ),
} satisfies Partial<VjpRules>;
