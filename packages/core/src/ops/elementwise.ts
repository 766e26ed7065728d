/**
 * @file Operators that work element by element. Their gradients: elementwise-gradients.ts.
 *
 * Binary ones broadcast as NumPy does: axes are aligned from the last, and an axis of size 1 is
 * repeated. A number may stand for a tensor of shape [].
 */
import { recordOne, ShapeError } from "../tensor.ts";
import type { DType, Tensor } from "../tensor.ts";
import { broadcastShapes } from "./broadcast.ts";
import { requireFloat, requireOneType } from "./element-types.ts";
import { scalar } from "./sources.ts";

/** A tensor, or a number that stands for one of shape []. */
export type Operand = Tensor | number;
type UnaryPrimitive =
  | "neg"
  | "exp"
  | "log"
  | "sqrt"
  | "abs"
  | "sign"
  | "sigmoid"
  | "normalCdf"
  | "gelu";
type BinaryPrimitive = "add" | "sub" | "mul" | "div" | "minimum" | "equal" | "greater";

function unary(op: UnaryPrimitive, x: Tensor): Tensor {
  requireFloat(op, x);
  return recordOne(op, [x], {}, x.shape, x.dtype);
}

function binary(op: BinaryPrimitive, a: Operand, b: Operand, dtype?: DType): Tensor {
  const [x, y] = tensorsOf(op, a, b);
  return recordOne(op, [x, y], {}, broadcastShapes(op, x.shape, y.shape), dtype ?? x.dtype);
}

/** Both as tensors of one element type: a number beside a float16 tensor is float16. */
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

/** x where the condition holds, else y. What is not chosen does not matter, be it infinite or no number. */
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
