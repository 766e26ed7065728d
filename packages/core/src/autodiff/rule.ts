/** @file What a gradient rule is: the vector-Jacobian product of one primitive. */
import type { NodeOf, Primitive, Primitives } from "../ops/primitives.ts";
import type { Tensor } from "../tensor.ts";

type EachMaybe<Inputs extends readonly Tensor[]> = {
  readonly [I in keyof Inputs]: Tensor | undefined;
};

/**
 * From dL/dy to dL/dx for every input x of a node, in order. An entry is undefined if the output is no
 * differentiable function of that input; the list is empty if that holds for all inputs.
 *
 * @param dy the gradient of the node's first output
 * @param dys the gradients of all its outputs; undefined for an output that the loss does not depend on
 */
export type VjpRule<P extends Primitive> = (
  dy: Tensor,
  inputs: Primitives[P]["inputs"],
  node: NodeOf<P>,
  dys: readonly (Tensor | undefined)[],
) => EachMaybe<Primitives[P]["inputs"]> | readonly [];

export type VjpRules = { readonly [P in Primitive]: VjpRule<P> };

/** The rule of an operator whose gradient is zero wherever it exists. */
export const nonDifferentiable = (): readonly [] => [];
