/**
 * @file Mixed precision: matrix products in float16, and what lies between them, so that activations kept
 * for the backward pass take half the memory. Applied to a forward graph before gradients are taken: the
 * gradient of a cast is a cast, so that backward products are float16 as well.
 *
 * Micikevicius et al., "Mixed Precision Training", ICLR 2018, arXiv:1710.03740. What is computed in which type
 * follows torch.amp.autocast: https://docs.pytorch.org/docs/stable/amp.html#autocast-op-reference.
 */
import { cast } from "../ops/elementwise.ts";
import { isFloat } from "../ops/element-types.ts";
import type { Primitive } from "../ops/primitives.ts";
import { record } from "../tensor.ts";
import type { DType, FloatType, GraphNode, Tensor } from "../tensor.ts";

/**
 * Which float type a primitive computes in: always float16, always float32, or the widest of its inputs', to
 * which those of shape [] do not count. "given": as it was written.
 */
type Rule = FloatType | "widest" | "given";

const rules: Readonly<Record<Primitive, Rule>> = {
  input: "given",
  constant: "given",
  neg: "widest",
  exp: "float32",
  log: "float32",
  sqrt: "float32",
  abs: "widest",
  sign: "widest",
  sigmoid: "widest",
  normalCdf: "widest",
  gelu: "widest",
  cast: "given",
  add: "widest",
  sub: "widest",
  mul: "widest",
  div: "widest",
  minimum: "widest",
  equal: "widest",
  greater: "widest",
  where: "widest",
  reshape: "widest",
  transpose: "widest",
  broadcastTo: "widest",
  split: "widest",
  concat: "widest",
  after: "given",
  sum: "float32",
  matmul: "float16",
  affine: "float16",
  softmax: "float32",
  logSoftmax: "float32",
  layerNorm: "float32",
  scaleRowsAdd: "float32",
};

/**
 * The same tensors, computed with matrix products in float16. They are float32, as are the inputs, which stay
 * the ones they were: parameters keep their full precision.
 */
export function inHalfPrecision(results: readonly Tensor[]): readonly Tensor[] {
  const rewritten = new Map<GraphNode, GraphNode>();
  const visitTensor = (x: Tensor): Tensor => visit(x.node).outputs[x.output]!;
  const visit = (node: GraphNode): GraphNode => {
    const known = rewritten.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((x) => visitTensor(x));
    const type = typeOf(node.op, inputs);
    const operands = inputs.map((x) => (type && isFloat(x.dtype) ? cast(x, type) : x));
    const same = operands.every((x, i) => x === node.inputs[i]);
    const made = same ? node : retyped(node, operands, type);
    rewritten.set(node, made);
    return made;
  };
  return results.map((x) => {
    const y = visitTensor(x);
    return isFloat(y.dtype) ? cast(y, "float32") : y;
  });
}

/** Undefined where it is as it was written, or where no input is a float. */
function typeOf(op: Primitive, inputs: readonly Tensor[]): FloatType | undefined {
  const rule = rules[op];
  if (rule === "given") return undefined;
  if (rule !== "widest") return rule;
  const floats = inputs.filter(({ dtype }) => isFloat(dtype));
  const counting = floats.filter(({ shape }) => shape.length > 0);
  const types = (counting.length > 0 ? counting : floats).map(({ dtype }) => dtype as FloatType);
  return types.includes("float32") ? "float32" : types[0];
}

/** The node on other inputs, with its float outputs in their type. */
function retyped(
  { op, params, outputs }: GraphNode,
  inputs: readonly Tensor[],
  type: FloatType | undefined,
): GraphNode {
  const ofType = (dtype: DType) => (type && isFloat(dtype) ? type : dtype);
  const made = outputs.map(({ shape, dtype }) => ({ shape, dtype: ofType(dtype) }));
  return record<Primitive>(op, inputs, params, made)[0].node;
}
