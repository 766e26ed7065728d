/**
 * @file Operators that work element by element.
 *
 * Binary operators broadcast as NumPy's do: axes are aligned from the last, and an axis of size 1 is
 * repeated.
 */
import { ShapeError } from "../tensor.ts";
import type { DType, Tensor } from "../tensor.ts";
import { broadcastShapes } from "./broadcast.ts";
import { requireFloat, requireOneType } from "./element-types.ts";
import { recorder } from "./record.ts";
import type { Binary, NoParams, Unary } from "./record.ts";
import { scalar } from "./sources.ts";

/** A tensor, or a number, which is taken as a tensor of shape []. */
export type Operand = Tensor | number;

interface UnaryPrimitives {
  neg: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  abs: Unary;
  sign: Unary;
  sigmoid: Unary;
  erf: Unary;
  normalCdf: Unary;
  gelu: Unary;
}

interface BinaryPrimitives {
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  minimum: Binary;
  equal: Binary;
  greater: Binary;
}

export interface ElementwisePrimitives extends UnaryPrimitives, BinaryPrimitives {
  where: {
    readonly inputs: readonly [condition: Tensor, x: Tensor, y: Tensor];
    readonly params: NoParams;
  };
  cast: Unary<{ readonly to: DType }>;
}

const { recordOne } = recorder<ElementwisePrimitives>();

function unary(op: keyof UnaryPrimitives, x: Tensor): Tensor {
  requireFloat(op, x);
  return recordOne(op, [x], {}, x.shape, x.dtype);
}

function binary(op: keyof BinaryPrimitives, a: Operand, b: Operand, dtype?: DType): Tensor {
  const [x, y] = tensorsOf(op, a, b);
  return recordOne(op, [x, y], {}, broadcastShapes(op, x.shape, y.shape), dtype ?? x.dtype);
}

/** Both as tensors of one element type. A number becomes float16 if the other operand is float16, else float32. */
function tensorsOf(op: string, a: Operand, b: Operand): readonly [Tensor, Tensor] {
  const half = [a, b].some((x) => typeof x !== "number" && x.dtype === "float16");
  const tensorOf = (x: Operand) =>
    typeof x === "number" ? scalar(x, half ? "float16" : "float32") : x;
  const operands = [tensorOf(a), tensorOf(b)] as const;
  requireOneType(op, operands);
  return operands;
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
/** erf(x) = 2/√π ∫₀ˣ e^(-t²) dt, the error function. */
export const erf = (x: Tensor) => unary("erf", x);
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

/** x where the condition holds, else y. The value that is not chosen has no effect, even if it is infinite or NaN. */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  if (condition.dtype !== "bool") {
    throw new ShapeError(`where: expected a condition of bool, got ${condition.dtype}`);
  }
  const [a, b] = tensorsOf("where", x, y);
  const shape = broadcastShapes(
    "where",
    condition.shape,
    broadcastShapes("where", a.shape, b.shape),
  );
  return recordOne("where", [condition, a, b], {}, shape, a.dtype);
}

/** The same values as another element type; bool becomes 0 and 1. */
export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : recordOne("cast", [x], { to }, x.shape, to);
}
