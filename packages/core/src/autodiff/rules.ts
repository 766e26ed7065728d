/**
 * @file The gradient of every primitive operator.
 *
 * y, z: outputs; x: inputs; dy = dL/dy. A rule returns dL/dx for every input, in order.
 */
import { isFloat } from "../ops/element-types.ts";
import {
  add,
  cast,
  div,
  exp,
  greater,
  mul,
  neg,
  normalCdf,
  sign,
  sub,
  where,
} from "../ops/elementwise.ts";
import { scaleRowsAdd } from "../ops/normalization.ts";
import { matmul } from "../ops/product.ts";
import { sum, sumTo } from "../ops/reduction.ts";
import { broadcastTo, concat, reshape, split, transpose, zeros } from "../ops/shape.ts";
import { sizeOf } from "../tensor.ts";
import type { FloatType, Tensor } from "../tensor.ts";
import { nonDifferentiable } from "./rule.ts";
import type { VjpRules } from "./rule.ts";

/** φ(x) = e^(-x²/2) / √(2π), the density of the standard normal, as exp(-ln √(2π) - (x/√2)²): Φ also takes x/√2. */
function normalPdf(x: Tensor): Tensor {
  const h = mul(x, Math.SQRT1_2);
  return exp(sub(-0.5 * Math.log(2 * Math.PI), mul(h, h)));
}

/** The compiler refuses the table while a primitive is missing. */
export const vjpRules: VjpRules = {
  // Sources
  input: nonDifferentiable,
  constant: nonDifferentiable,

  // Element by element
  neg: (dy) => [neg(dy)],
  exp: (dy, _, { outputs: [y] }) => [mul(dy, y)],
  log: (dy, [x]) => [div(dy, x)],
  sqrt: (dy, _, { outputs: [y] }) => [div(mul(dy, 0.5), y)],
  abs: (dy, [x]) => [mul(dy, sign(x))],
  sign: nonDifferentiable,
  sigmoid: (dy, _, { outputs: [y] }) => [mul(dy, mul(y, sub(1, y)))], // σ' = σ(1 - σ)
  erf: (dy, [x]) => [mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))], // 2/√π e^(-x²)
  normalCdf: (dy, [x]) => [mul(dy, normalPdf(x))],
  gelu: (dy, [x]) => [mul(dy, add(normalCdf(x), mul(x, normalPdf(x))))], // (xΦ)' = Φ + xφ
  cast: (dy, [x]) => [isFloat(x.dtype) ? cast(dy, x.dtype) : undefined],
  add: (dy, [x, y]) => [sumTo(dy, x.shape), sumTo(dy, y.shape)],
  sub: (dy, [x, y]) => [sumTo(dy, x.shape), sumTo(neg(dy), y.shape)],
  mul: (dy, [x, y]) => [sumTo(mul(dy, y), x.shape), sumTo(mul(dy, x), y.shape)],
  div: (dy, [x, y], { outputs: [q] }) => [
    sumTo(div(dy, y), x.shape),
    sumTo(neg(div(mul(dy, q), y)), y.shape), // d(x/y)/dy = -(x/y)/y
  ],
  minimum: (dy, [x, y]) => {
    const takesX = cast(greater(y, x), dy.dtype);
    return [sumTo(mul(dy, takesX), x.shape), sumTo(mul(dy, sub(1, takesX)), y.shape)];
  },
  equal: nonDifferentiable,
  greater: nonDifferentiable,
  where: (dy, [condition, x, y]) => [
    undefined,
    sumTo(where(condition, dy, 0), x.shape),
    sumTo(where(condition, 0, dy), y.shape),
  ],

  // Shapes
  reshape: (dy, [x]) => [reshape(dy, x.shape)],
  transpose: (dy, _, { params: { permutation } }) => {
    const inverse = permutation.map((_axis, i) => permutation.indexOf(i));
    return [transpose(dy, inverse)];
  },
  broadcastTo: (dy, [x]) => [sumTo(dy, x.shape)],
  split: (_dy, _inputs, { params: { axis }, outputs }, dys) => {
    const all = outputs.map((y, i) => dys[i] ?? zeros(y.shape, y.dtype as FloatType));
    return [concat(all, axis)];
  },
  concat: (dy, xs, { params: { axis } }) => {
    const sizes = xs.map((x) => x.shape[axis]!);
    return split(dy, axis, sizes);
  },
  after: (dy) => [dy, undefined],

  // Reductions
  sum: (dy, [x], { params: { axes } }) => {
    const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
    return [broadcastTo(reshape(dy, kept), x.shape)];
  },

  // Products
  // z = s X Y with X = x or xᵀ, Y = y or yᵀ: dX = s dz Yᵀ, dY = s Xᵀ dz, then transposed back.
  matmul: (dz, [x, y], { params: { transposeX, transposeY, scale } }) => [
    transposeX
      ? matmul(y, dz, { transposeX: transposeY, transposeY: true, scale })
      : matmul(dz, y, { transposeY: !transposeY, scale }),
    transposeY
      ? matmul(dz, x, { transposeX: true, transposeY: transposeX, scale })
      : matmul(x, dz, { transposeX: !transposeX, scale }),
  ],
  affine: (dy, [x, weight]) => [
    matmul(dy, weight), //                     [R, I]
    matmul(dy, x, { transposeX: true }), //    [O, I]
    sum(dy, [0]), //                           [O]
  ],

  // Normalisations
  // dx = y (dy - Σ dy y) = dy y - y Σ dy y
  softmax: (dy, _, { outputs: [y] }) => {
    const columns = y.shape.at(-1)!;
    const rows = [sizeOf(y.shape) / columns, columns];
    const dyY = reshape(mul(dy, y), rows);
    const dx = scaleRowsAdd(dyY, reshape(y, rows), neg(sum(dyY, [1], { keepDims: true })));
    return [reshape(dx, y.shape)];
  },
  // dx = dy - softmax(x) Σ dy
  logSoftmax: (dy, _, { outputs: [y] }) => [
    sub(dy, mul(exp(y), sum(dy, [-1], { keepDims: true }))),
  ],
  // With x̂ = (x - x̄) s, s = 1/√(var + ε) and a bar for the mean over D:
  // dx = s (γ dy - bar(γ dy) - x̂ bar(γ dy x̂)). The two means are products with γ/D.
  layerNorm: (dy, [x, gamma], { outputs: [, xMean, s] }) => {
    const D = gamma.shape[0]!;
    const rows = [sizeOf(x.shape) / D, D];
    const flat = reshape(dy, rows);
    const scale = reshape(s!, [rows[0]!, 1]);
    const centred = sub(reshape(x, rows), reshape(xMean!, [rows[0]!, 1]));
    const xHat = mul(centred, scale);
    const dyXHat = mul(flat, xHat);
    const weights = reshape(mul(gamma, 1 / D), [D, 1]);
    const a = matmul(flat, weights); //   [R, 1] bar(γ dy)
    const b = matmul(dyXHat, weights); // [R, 1] bar(γ dy x̂)
    const dx = mul(sub(scaleRowsAdd(mul(flat, gamma), xHat, neg(b)), a), scale);
    return [reshape(dx, x.shape), sum(dyXHat, [0]), sum(flat, [0])];
  },
  scaleRowsAdd: (dz, [, y, gate]) => [dz, mul(dz, gate), sum(mul(dz, y), [1], { keepDims: true })],
};
