/**
 * @file Recomputation: activations between two checkpoints are not kept for the backward pass but computed
 * again when it gets there. Chen et al., arXiv:1604.06174.
 */
import { after } from "../ops/shape.ts";
import { rebuilder } from "../program/substitute.ts";
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

  const startAt = (z: Tensor): Tensor => {
    const next = nextOf.get(z);
    const dNext = next && gradientOf.get(next);
    const start = starts.get(z) ?? (dNext === undefined ? z : after(z, dNext)); // after the last checkpoint: kept
    starts.set(z, start);
    return start;
  };
  return rebuilder((x) => (nextOf.has(x) ? startAt(x) : undefined));
}
