/** @file Reverse-mode differentiation: the graph of gradients of a scalar. */
import { add } from "../ops/elementwise.ts";
import type { Primitive } from "../ops/primitives.ts";
import { zeros } from "../ops/shape.ts";
import { scalar } from "../ops/sources.ts";
import { formatShape, ShapeError } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";
import { recomputedFrom } from "./recompute.ts";
import { vjpRules } from "./rules.ts";

/**
 * dL/dx for every x in `wrt`, as tensors of the same graph.
 *
 * @param loss a float32 tensor of shape []
 * @param wrt float32 tensors; the gradient is zero for those that the loss does not depend on
 * @param checkpoints tensors such as the inputs of blocks, in order; what lies between two of them is computed again
 * for the gradients instead of kept. Every path from what precedes a checkpoint to the loss leads through it.
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
    const rule = vjpRules[node.op as Primitive] as unknown as AnyRule;
    const seen = recomputed(node);
    const dxs = rule(dys[0]!, seen.inputs, seen, dys);
    for (const [i, dx] of dxs.entries()) {
      if (dx === undefined) continue;
      const x = node.inputs[i]!;
      const known = gradientOf.get(x);
      gradientOf.set(x, known === undefined ? dx : add(known, dx));
    }
  }
  return wrt.map((x) => gradientOf.get(x) ?? zeros(x.shape));
}

type AnyRule = (
  dy: Tensor,
  inputs: readonly Tensor[],
  node: GraphNode,
  dys: readonly (Tensor | undefined)[],
) => readonly (Tensor | undefined)[];

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
