/**
 * @file What happens to a graph before it is encoded or interpreted: equal subexpressions become one, operators that
 * the backend lacks are replaced, and nodes that no result needs are left out.
 */
import type { Decompositions } from "../ops/decompositions.ts";
import { isNode } from "../ops/primitives.ts";
import type { Primitive } from "../ops/primitives.ts";
import { makeNode } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";

export interface Graph {
  /** The nodes that the results need, inputs before outputs, each once. */
  readonly nodes: readonly GraphNode[];
  /** The given results, in order, as tensors of these nodes. */
  readonly results: readonly Tensor[];
}

/**
 * The graph that computes `results`. Two nodes with the same operator, parameters and inputs are one node.
 *
 * @param decompositions operators that are replaced by simpler ones; see ops/decompositions.ts
 */
export function simplify(results: readonly Tensor[], decompositions: Decompositions = {}): Graph {
  const nodes: GraphNode[] = [];
  const byKey = new Map<string, GraphNode>();
  const outputsOf = new Map<GraphNode, readonly Tensor[]>();
  const ids = new Map<GraphNode, number>();

  const visitTensor = (x: Tensor): Tensor => visit(x.node)[x.output]!;
  /** The simplified outputs of a node. */
  const visit = (node: GraphNode): readonly Tensor[] => {
    const known = outputsOf.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((x) => visitTensor(x));
    const simpler = decomposed(inputs, node);
    const outputs = simpler === undefined ? shared(inputs, node) : [visitTensor(simpler)];
    outputsOf.set(node, outputs);
    return outputs;
  };
  const decomposed = (inputs: readonly Tensor[], node: GraphNode): Tensor | undefined => {
    const rule = decompositions[node.op as Primitive] as AnyDecomposition | undefined;
    return rule?.(inputs, node);
  };
  /** The outputs of the one node that stands for all equal ones. */
  const shared = (inputs: readonly Tensor[], node: GraphNode): readonly Tensor[] => {
    const operands = inputs.map((x) => `${ids.get(x.node)}.${x.output}`);
    const key = `${node.op}(${operands.join()})${parameterKey(node)}`;
    let one = byKey.get(key);
    if (one === undefined) {
      one = makeNode({ ...node, inputs });
      byKey.set(key, one);
      ids.set(one, nodes.length);
      nodes.push(one);
      outputsOf.set(one, one.outputs); // decompositions are built on simplified tensors
    }
    return one.outputs;
  };
  return { results: results.map((x) => visitTensor(x)), nodes };
}

type AnyDecomposition = (inputs: readonly Tensor[], node: GraphNode) => Tensor | undefined;

/** Text that differs for two nodes with the same operator and inputs but other parameters. */
export function parameterKey(node: GraphNode): string {
  if (!isNode(node, "constant")) return JSON.stringify(node.params);
  const {
    params: { data },
    outputs: [{ shape, dtype }],
  } = node;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return `${dtype}[${shape.join()}]${bytes.toString("base64")}`;
}
