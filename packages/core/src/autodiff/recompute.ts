/**
 * @file Recomputation: activations between two checkpoints are not kept for the backward pass but computed
 * again when it gets there. Chen et al., arXiv:1604.06174.
 */
import { after } from "../ops/shape.ts";
import { makeNode } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";

/**
 * Maps a node to the node that gradient rules get instead: it computes the same again from the checkpoint before
 * it, and only once the gradient of the next checkpoint is known.
 *
 * @param checkpoints as for `gradients`
 */
export function recomputedFrom(
  checkpoints: readonly Tensor[],
  gradientOf: ReadonlyMap<Tensor, Tensor>,
): (node: GraphNode) => GraphNode {
  const nextOf = new Map(checkpoints.map((z, i) => [z, checkpoints[i + 1]]));
  const starts = new Map<Tensor, Tensor>();
  const again = new Map<GraphNode, GraphNode>();

  const startAt = (z: Tensor): Tensor => {
    const next = nextOf.get(z);
    const dNext = next && gradientOf.get(next);
    const start = starts.get(z) ?? (dNext === undefined ? z : after(z, dNext)); // after the last checkpoint: kept
    starts.set(z, start);
    return start;
  };
  const visitTensor = (x: Tensor): Tensor =>
    nextOf.has(x) ? startAt(x) : visit(x.node).outputs[x.output]!;
  const visit = (node: GraphNode): GraphNode => {
    const known = again.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((x) => visitTensor(x));
    const same = inputs.every((x, i) => x === node.inputs[i]);
    const recomputed = same ? node : makeNode({ ...node, inputs });
    again.set(node, recomputed);
    return recomputed;
  };
  return visit;
}
