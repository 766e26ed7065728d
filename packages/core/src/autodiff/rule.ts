/** @file What a gradient rule is: the vector-Jacobian product of one primitive. */
import type { Primitive, Primitives } from "../ops/primitives.ts";
import type { GraphNode, Tensor } from "../tensor.ts";

type EachMaybe<Inputs extends readonly Tensor[]> = {
  readonly [I in keyof Inputs]: Tensor | undefined;
};

/**
 * From dL/dy to dL/dx for every input x of a node, in order; undefined where the output does not
 * depend on x differentiably, and nothing at all where it depends so on none.
 *
 * @param dy the gradient of the node's first output
 * @param dys the gradients of all its outputs, undefined where an output reaches no loss
 */
export type VjpRule<P extends Primitive> = (
  dy: Tensor,
  inputs: Primitives[P]["inputs"],
  node: GraphNode<P>,
  dys: readonly (Tensor | undefined)[],
) => EachMaybe<Primitives[P]["inputs"]> | readonly [];

export type VjpRules = { readonly [P in Primitive]: VjpRule<P> };

/** The rule of an operator whose gradient is zero wherever it exists. */
export const nonDifferentiable = (): readonly [] => [];
