/** @file A graph with some of its tensors replaced by others. */
import { makeNode } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";

/**
 * The same results, computed from `replacements` wherever they were computed from one of its keys. What only the
 * keys were computed from is no longer needed. A replacement has the shape and type of its key.
 */
export function substitute(
  results: readonly Tensor[],
  replacements: ReadonlyMap<Tensor, Tensor>,
): readonly Tensor[] {
  const rewritten = new Map<GraphNode, GraphNode>();
  const visitTensor = (x: Tensor): Tensor =>
    replacements.get(x) ?? visit(x.node).outputs[x.output]!;
  const visit = (node: GraphNode): GraphNode => {
    const known = rewritten.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((x) => visitTensor(x));
    const same = inputs.every((x, i) => x === node.inputs[i]);
    const made = same ? node : makeNode({ ...node, inputs });
    rewritten.set(node, made);
    return made;
  };
  return results.map((x) => visitTensor(x));
}
