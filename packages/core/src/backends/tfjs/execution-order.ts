/** @file In which order the nodes of a graph are computed, and when each value can be disposed of. */
import type { Graph } from "../../program/simplify.ts";
import type { GraphNode, Tensor } from "../../tensor.ts";

/** The computation of one node. Every tensor of the graph has a number, its place in the array of values. */
export interface Step {
  readonly node: GraphNode;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** For each output, whether a later step or a result reads it. */
  readonly read: readonly boolean[];
  /** Values that no later step reads. */
  readonly released: readonly number[];
}

export interface ExecutionOrder {
  /** The number of tensors. */
  readonly places: number;
  /** The graph's inputs and constants: they have values before the first step. */
  readonly sources: readonly { readonly tensor: Tensor; readonly place: number }[];
  readonly steps: readonly Step[];
  /** The places of the results, in order. */
  readonly results: readonly number[];
}

/** The order in which the nodes of a graph are listed. Sources and results are never released. */
export function executionOrder({ nodes, results }: Graph): ExecutionOrder {
  const places = new Map<Tensor, number>();
  for (const { outputs } of nodes) for (const y of outputs) places.set(y, places.size);
  const placeOf = (x: Tensor) => places.get(x)!;

  const lastReader = new Map<Tensor, GraphNode>();
  for (const node of nodes) for (const x of node.inputs) lastReader.set(x, node);
  const kept = new Set(results);
  const isSource = ({ op }: GraphNode) => op === "input" || op === "constant";
  const steps = nodes
    .filter((node) => !isSource(node))
    .map((node): Step => {
      const read = node.outputs.map((y) => kept.has(y) || lastReader.has(y));
      const released = [
        ...[...new Set<Tensor>(node.inputs)].filter(
          (x) => !isSource(x.node) && !kept.has(x) && lastReader.get(x) === node,
        ),
        ...node.outputs.filter((_, i) => !read[i]),
      ];
      return {
        node,
        inputs: node.inputs.map(placeOf),
        outputs: node.outputs.map(placeOf),
        read,
        released: released.map(placeOf),
      };
    });
  return {
    places: places.size,
    sources: nodes
      .filter(isSource)
      .map(({ outputs: [tensor] }) => ({ tensor, place: placeOf(tensor) })),
    steps,
    results: results.map(placeOf),
  };
}
