/** @file Reverse-mode differentiation: the graph of gradients of a scalar. */
import { elementwiseRules } from "../ops/elementwise-gradients.ts";
import { normalizationRules } from "../ops/normalization-gradients.ts";
import { add } from "../ops/elementwise.ts";
import type { Primitive } from "../ops/primitives.ts";
import { productRules } from "../ops/product-gradients.ts";
import { reductionRules } from "../ops/reduction-gradients.ts";
import { shapeRules } from "../ops/shape-gradients.ts";
import { zeros } from "../ops/shape.ts";
import { scalar } from "../ops/sources.ts";
import { formatShape, ShapeError } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";
import { recomputedFrom } from "./recompute.ts";
import { nonDifferentiable } from "./rule.ts";
import type { VjpRule, VjpRules } from "./rule.ts";

/** The gradient of every primitive. The compiler refuses the table while one is missing. */
export const vjpRules: VjpRules = {
  input: nonDifferentiable,
  constant: nonDifferentiable,
  ...elementwiseRules,
  ...shapeRules,
  ...reductionRules,
  ...productRules,
  ...normalizationRules,
};

/**
 * dL/dx for every x in `wrt`, as tensors of the same graph.
 *
 * @param loss a float32 tensor of shape []
 * @param wrt float32 tensors; those that the loss does not depend on get zeros
 * @param checkpoints what lies between these is computed again for the gradients rather than kept: block inputs,
 * in order, each on every path from what lies before it to the loss
 */
export function gradients(
  loss: Tensor,
  wrt: readonly Tensor[],
  checkpoints: readonly Tensor[] = [],
): readonly Tensor[] {
  if (loss.shape.length !== 0) {
    throw new ShapeError(`gradients: expected a loss of shape [], got ${formatShape(loss.shape)}`);
  }
  const order = nodesBetween(loss.node, new Set(wrt.map(({ node }) => node)));
  const gradientOf = new Map<Tensor, Tensor>([[loss, scalar(1)]]);
  const recomputed = recomputedFrom(checkpoints, gradientOf);
  for (const node of order.toReversed()) {
    const dys = node.outputs.map((y) => gradientOf.get(y));
    if (dys.every((dy) => dy === undefined)) continue;
    const rule = vjpRules[node.op] as unknown as VjpRule<Primitive>;
    const seen = recomputed(node);
    const dxs = rule(dys[0]!, seen.inputs, seen, dys) as readonly (Tensor | undefined)[];
    for (const [i, dx] of dxs.entries()) {
      if (dx === undefined) continue;
      const x = node.inputs[i]!;
      const known = gradientOf.get(x);
      gradientOf.set(x, known === undefined ? dx : add(known, dx));
    }
  }
  return wrt.map((x) => gradientOf.get(x) ?? zeros(x.shape));
}

/** The nodes on a path from `sources` to `target`, inputs before outputs. */
function nodesBetween(target: GraphNode, sources: ReadonlySet<GraphNode>): readonly GraphNode[] {
  const onPath = new Map<GraphNode, boolean>();
  const order: GraphNode[] = [];
  const visit = (node: GraphNode): boolean => {
    const known = onPath.get(node);
    if (known !== undefined) return known;
    let found = sources.has(node);
    for (const x of node.inputs) found = visit(x.node) || found;
    onPath.set(node, found);
    if (found) order.push(node);
    return found;
  };
  visit(target);
  return order;
}
