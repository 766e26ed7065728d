/** @file Graphs rebuilt with some of their tensors replaced by others. */
import { makeNode } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";

/**
 * Maps a node to one that computes the same from replaced tensors, each node once. A node that no replacement
 * concerns stays itself.
 *
 * @param replacementOf what to read in place of a tensor; undefined for one that is computed as before
 */
export function rebuilder(
  replacementOf: (x: Tensor) => Tensor | undefined,
): (node: GraphNode) => GraphNode {
  const rebuilt = new Map<GraphNode, GraphNode>();
  const visit = (node: GraphNode): GraphNode => {
    const known = rebuilt.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((x) => replacementOf(x) ?? visit(x.node).outputs[x.output]!);
    const same = inputs.every((x, i) => x === node.inputs[i]);
    const made = same ? node : makeNode({ ...node, inputs });
    rebuilt.set(node, made);
    return made;
  };
  return visit;
}

/**
 * The same results, computed from `replacements` wherever they were computed from one of its keys. What only the
 * keys were computed from is no longer needed. A replacement has the shape and type of its key.
 */
export function substitute(
  results: readonly Tensor[],
  replacements: ReadonlyMap<Tensor, Tensor>,
): readonly Tensor[] {
  const rebuilt = rebuilder((x) => replacements.get(x));
  return results.map((x) => replacements.get(x) ?? rebuilt(x.node).outputs[x.output]!);
}
