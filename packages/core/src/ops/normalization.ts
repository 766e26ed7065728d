/** @file Softmax and layer normalisation over the last axis, with their gradients. */
import type { VjpRules } from "../autodiff/rule.ts";
import { formatShape, record, recordOne, sameShape, ShapeError } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { exp, mul, neg, sub } from "./elementwise.ts";
import { matmul } from "./product.ts";
import { sum } from "./reduction.ts";
import { reshape } from "./shape.ts";

/** eˣ / Σ eˣ over the last axis. */
export function softmax(x: Tensor): Tensor {
  return recordOne("softmax", [x], {}, x.shape);
}

/** x - ln Σ eˣ over the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  return recordOne("logSoftmax", [x], {}, x.shape);
}

/** γ (x - x̄) / √(var + ε) + β over the last axis. Ba et al., arXiv:1607.06450. */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const width = x.shape.slice(-1);
  if (!sameShape(gamma.shape, width) || !sameShape(beta.shape, width)) {
    throw new ShapeError(
      `layerNorm: expected gamma and beta of shape ${formatShape(width)} for ${formatShape(x.shape)}, got ${formatShape(gamma.shape)} and ${formatShape(beta.shape)}`,
    );
  }
  const rows = [...x.shape.slice(0, -1), 1];
  const [y] = record("layerNorm", [x, gamma, beta], { epsilon }, [
    { shape: x.shape, dtype: "float32" },
    { shape: rows, dtype: "float32" }, // mean
    { shape: rows, dtype: "float32" }, // 1 / √(var + ε)
  ]);
  return y;
}

/** x + gate · y, the gate one number per row: x, y [R, D], gate [R, 1]. One pass on a CPU. */
export function scaleRowsAdd(x: Tensor, y: Tensor, gate: Tensor): Tensor {
  const [rows] = x.shape;
  if (x.shape.length !== 2 || !sameShape(x.shape, y.shape) || !sameShape(gate.shape, [rows!, 1])) {
    throw new ShapeError(
      `scaleRowsAdd: expected x and y [R, D] and gate [R, 1], got ${formatShape(x.shape)}, ${formatShape(y.shape)} and ${formatShape(gate.shape)}`,
    );
  }
  return recordOne("scaleRowsAdd", [x, y, gate], {}, x.shape);
}

export const normalizationRules = {
  // dx = y (dy - Σ dy y)
  softmax: (dy, _, { outputs: [y] }) => [
    mul(y, sub(dy, sum(mul(dy, y), [-1], { keepDims: true }))),
  ],
  // dx = dy - softmax(x) Σ dy
  logSoftmax: (dy, _, { outputs: [y] }) => [
    sub(dy, mul(exp(y), sum(dy, [-1], { keepDims: true }))),
  ],
  // With x̂ = (x - x̄) s, s = 1/√(var + ε) and a bar for the mean over D:
  // dx = s (γ dy - bar(γ dy) - x̂ bar(γ dy x̂)). The two means are products with γ/D.
  layerNorm: (dy, [x, gamma], { outputs: [, xMean, s] }) => {
    const D = gamma.shape[0]!;
    const rows = [x.shape.reduce((product, n) => product * n, 1) / D, D];
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
} satisfies Partial<VjpRules>;
