/**
 * @file Operators that work element by element, each with its gradient.
 *
 * Binary ones broadcast as NumPy does: axes are aligned from the last, and an axis of size 1 is
 * repeated. A number may stand for a tensor of shape [].
 */
import type { VjpRules } from "../autodiff/rule.ts";
import { nonDifferentiable } from "../autodiff/rule.ts";
import { formatShape, recordOne, ShapeError } from "../tensor.ts";
import type { DType, Shape, Tensor } from "../tensor.ts";
import { sumTo } from "./reduction.ts";
import { scalar } from "./sources.ts";

type Operand = Tensor | number;
type UnaryPrimitive = "neg" | "exp" | "log" | "sqrt" | "abs" | "sign" | "sigmoid" | "normalCdf" | "gelu";
type BinaryPrimitive = "add" | "sub" | "mul" | "div" | "minimum" | "equal" | "greater";

function unary(op: UnaryPrimitive, x: Tensor): Tensor {
  requireFloat(op, x);
  return recordOne(op, [x], {}, x.shape);
}

function binary(op: BinaryPrimitive, a: Operand, b: Operand, dtype?: DType): Tensor {
  const x = typeof a === "number" ? scalar(a) : a;
  const y = typeof b === "number" ? scalar(b) : b;
  if (x.dtype !== y.dtype) {
    throw new ShapeError(`${op}: expected one element type, got ${x.dtype} and ${y.dtype}`);
  }
  return recordOne(op, [x, y], {}, broadcastShapes(op, x.shape, y.shape), dtype ?? x.dtype);
}

function requireFloat(op: string, x: Tensor) {
  if (x.dtype !== "float32") throw new ShapeError(`${op}: expected float32, got ${x.dtype}`);
}

/** The shape two shapes broadcast to. Throws ShapeError, naming `op` and both, if they do not. */
export function broadcastShapes(op: string, x: Shape, y: Shape): Shape {
  const rank = Math.max(x.length, y.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = x[i - rank + x.length] ?? 1;
    const n = y[i - rank + y.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `${op}: expected shapes that broadcast, got ${formatShape(x)} and ${formatShape(y)}`,
      );
    }
    return m === 1 ? n : m;
  });
}

/** -x */
export const neg = (x: Tensor) => unary("neg", x);
/** eˣ */
export const exp = (x: Tensor) => unary("exp", x);
/** ln x */
export const log = (x: Tensor) => unary("log", x);
/** √x */
export const sqrt = (x: Tensor) => unary("sqrt", x);
/** |x|; its gradient at 0 is 0. */
export const abs = (x: Tensor) => unary("abs", x);
/** -1, 0 or 1; its gradient is 0. */
export const sign = (x: Tensor) => unary("sign", x);
/** 1 / (1 + e⁻ˣ) */
export const sigmoid = (x: Tensor) => unary("sigmoid", x);
/** Φ(x) = (1 + erf(x/√2)) / 2, the distribution function of the standard normal. */
export const normalCdf = (x: Tensor) => unary("normalCdf", x);
/** x Φ(x), exact. Hendrycks and Gimpel, arXiv:1606.08415. */
export const gelu = (x: Tensor) => unary("gelu", x);

/** x + y */
export const add = (x: Operand, y: Operand) => binary("add", x, y);
/** x - y */
export const sub = (x: Operand, y: Operand) => binary("sub", x, y);
/** x y */
export const mul = (x: Operand, y: Operand) => binary("mul", x, y);
/** x / y */
export const div = (x: Operand, y: Operand) => binary("div", x, y);
/** The smaller of the two; where they are equal the gradient goes to y. */
export const minimum = (x: Operand, y: Operand) => binary("minimum", x, y);
/** x = y, as bool. */
export const equal = (x: Operand, y: Operand) => binary("equal", x, y, "bool");
/** x > y, as bool. */
export const greater = (x: Operand, y: Operand) => binary("greater", x, y, "bool");

/** The same values as another element type; bool becomes 0 and 1. */
export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : recordOne("cast", [x], { to }, x.shape, to);
}

/** φ(x) = e^(-x²/2) / √(2π), the density of the standard normal. */
function normalPdf(x: Tensor): Tensor {
  return mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
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
  cast: (dy, [x]) => [x.dtype === "float32" ? dy : undefined],
  add: (dy, [x, y]) => [sumTo(dy, x.shape), sumTo(dy, y.shape)],
  sub: (dy, [x, y]) => [sumTo(dy, x.shape), sumTo(neg(dy), y.shape)],
  mul: (dy, [x, y]) => [sumTo(mul(dy, y), x.shape), sumTo(mul(dy, x), y.shape)],
  div: (dy, [x, y], { outputs: [q] }) => [
    sumTo(div(dy, y), x.shape),
    sumTo(neg(div(mul(dy, q), y)), y.shape), // d(x/y)/dy = -(x/y)/y
  ],
  minimum: (dy, [x, y]) => {
    const takesX = cast(greater(y, x), "float32");
    return [sumTo(mul(dy, takesX), x.shape), sumTo(mul(dy, sub(1, takesX)), y.shape)];
  },
  equal: nonDifferentiable,
  greater: nonDifferentiable,
} satisfies Partial<VjpRules>;
