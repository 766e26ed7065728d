/**
 * @file Every primitive operator. The families declare what their operators take; here they come together.
 *
 * The tables of the package are checked against `Primitives`: gradient rules (autodiff/rules.ts), encoders of ONNX
 * (backends/onnx/encoders.ts), kernels of TensorFlow.js (backends/tfjs/kernels.ts). A primitive that a table lacks
 * does not compile.
 */
import type { GraphNode } from "../tensor.ts";
import type { ElementwisePrimitives } from "./elementwise.ts";
import type { NormalizationPrimitives } from "./normalization.ts";
import type { ProductPrimitives } from "./product.ts";
import type { ReductionPrimitives } from "./reduction.ts";
import type { ShapePrimitives } from "./shape.ts";
import type { SourcePrimitives } from "./sources.ts";

/** The inputs and the static parameters of every primitive. */
export interface Primitives
  extends
    SourcePrimitives,
    ElementwisePrimitives,
    ShapePrimitives,
    ReductionPrimitives,
    ProductPrimitives,
    NormalizationPrimitives {}

export type Primitive = keyof Primitives;

/** A node of one primitive. */
export type NodeOf<P extends Primitive> = GraphNode & {
  readonly op: P;
  readonly inputs: Primitives[P]["inputs"];
  readonly params: Primitives[P]["params"];
};

/** Whether a node is of this primitive. */
export function isNode<P extends Primitive>(node: GraphNode, op: P): node is NodeOf<P> {
  return node.op === op;
}
