/** @file The gradients of the operators that work element by element. */
import { nonDifferentiable } from "../autodiff/rule.ts";
import type { VjpRules } from "../autodiff/rule.ts";
import type { Tensor } from "../tensor.ts";
import { isFloat } from "./element-types.ts";
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
} from "./elementwise.ts";
import { sumTo } from "./reduction.ts";

/** φ(x) = e^(-x²/2) / √(2π), the density of the standard normal, as exp(-ln √(2π) - (x/√2)²): Φ shares x/√2. */
function normalPdf(x: Tensor): Tensor {
  const h = mul(x, Math.SQRT1_2);
  return exp(sub(-0.5 * Math.log(2 * Math.PI), mul(h, h)));
}

export const elementwiseRules = {
  neg: (dy) => [neg(dy)],
  exp: (dy, _, { outputs: [y] }) => [mul(dy, y)],
  log: (dy, [x]) => [div(dy, x)],
  sqrt: (dy, _, { outputs: [y] }) => [div(mul(dy, 0.5), y)],
  abs: (dy, [x]) => [mul(dy, sign(x))],
  sign: nonDifferentiable,
  sigmoid: (dy, _, { outputs: [y] }) => [mul(dy, mul(y, sub(1, y)))], // σ' = σ(1 - σ)
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
} satisfies Partial<VjpRules>;
