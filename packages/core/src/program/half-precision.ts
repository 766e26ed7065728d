/**
 * @file Mixed precision: matrix products, and most of what lies between them, in float16. Activations that are
 * kept for the backward pass then take half the memory. Apply it to a forward graph before taking gradients: the
 * gradient of a cast is a cast, so the products of the backward pass are float16 as well.
 *
 * Micikevicius et al., "Mixed Precision Training", ICLR 2018, arXiv:1710.03740. What is computed in which type
 * follows torch.amp.autocast: https://docs.pytorch.org/docs/stable/amp.html#autocast-op-reference.
 */
import { cast } from "../ops/elementwise.ts";
import { isFloat } from "../ops/element-types.ts";
import type { Primitive } from "../ops/primitives.ts";
import { makeNode } from "../tensor.ts";
import type { DType, FloatType, GraphNode, Tensor } from "../tensor.ts";

/**
 * Which float type a primitive computes in: always float16; always float32; or, "given", the type it was written
 * in. All others compute in the widest type of their inputs, not counting inputs of shape [].
 */
const rules: Readonly<Partial<Record<Primitive, FloatType | "given">>> = {
  input: "given",
  constant: "given",
  cast: "given",
  after: "given",
  matmul: "float16",
  affine: "float16",
  exp: "float32",
  log: "float32",
  sqrt: "float32",
  sum: "float32",
  softmax: "float32",
  logSoftmax: "float32",
  layerNorm: "float32",
  scaleRowsAdd: "float32",
};

/**
 * The same tensors, computed with matrix products in float16. Results and inputs are float32, and the inputs are
 * the same tensors as before: parameters keep their full precision.
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

/** The type that an operator computes in; undefined if it stays as it was written, or if no input is a float. */
function typeOf(op: string, inputs: readonly Tensor[]): FloatType | undefined {
  const rule = rules[op as Primitive];
  if (rule !== undefined) return rule === "given" ? undefined : rule;
  const floats = inputs.filter(({ dtype }) => isFloat(dtype));
  const counting = floats.filter(({ shape }) => shape.length > 0);
  const types = (counting.length > 0 ? counting : floats).map(({ dtype }) => dtype as FloatType);
  return types.includes("float32") ? "float32" : types[0];
}

/** The same operator on other inputs. Outputs that are floats get the given type. */
function retyped(
  { op, params, outputs }: GraphNode,
  inputs: readonly Tensor[],
  type: FloatType | undefined,
): GraphNode {
  const ofType = (dtype: DType) => (type && isFloat(dtype) ? type : dtype);
  const made = outputs.map(({ shape, dtype }) => ({ shape, dtype: ofType(dtype) }));
  return makeNode({ op, inputs, params, outputs: made });
}
