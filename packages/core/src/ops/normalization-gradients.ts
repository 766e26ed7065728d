/** @file The gradients of softmax and layer normalisation. */
import type { VjpRules } from "../autodiff/rule.ts";
import { exp, mul, neg, sub } from "./elementwise.ts";
import { scaleRowsAdd } from "./normalization.ts";
import { matmul } from "./product.ts";
import { sum } from "./reduction.ts";
import { reshape } from "./shape.ts";
import { sizeOf } from "../tensor.ts";

export const normalizationRules = {
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
} satisfies Partial<VjpRules>;
