/**
 * @file Before a program is encoded: equal subexpressions become one, and what no result needs is dropped.
 */
import type { ConstantData, Primitive } from "../ops/primitives.ts";
import { record } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";

export interface Graph {
  /** The nodes that the results need, inputs before outputs, each once. */
  readonly nodes: readonly GraphNode[];
  /** The given results, in order, as tensors of these nodes. */
  readonly results: readonly Tensor[];
}

/** The graph that computes `results`: two nodes with one operator, parameters and inputs are one node. */
export function simplify(results: readonly Tensor[]): Graph {
  const nodes: GraphNode[] = [];
  const byKey = new Map<string, GraphNode>();
  const simplified = new Map<GraphNode, GraphNode>();
  const ids = new Map<GraphNode, number>();

  const visitTensor = (x: Tensor): Tensor => visit(x.node).outputs[x.output]!;
  const visit = (node: GraphNode): GraphNode => {
    const known = simplified.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((x) => visitTensor(x));
    const operands = inputs.map((x) => `${ids.get(x.node)}.${x.output}`);
    const key = `${node.op}(${operands.join()})${parameterKey(node)}`;
    let shared = byKey.get(key);
    if (shared === undefined) {
      shared = record<Primitive>(node.op, inputs, node.params, node.outputs)[0].node;
      byKey.set(key, shared);
      ids.set(shared, nodes.length);
      nodes.push(shared);
    }
    simplified.set(node, shared);
    return shared;
  };
  return { results: results.map((x) => visitTensor(x)), nodes };
}

/** What tells two nodes with the same operator and inputs apart. */
export function parameterKey({ op, params, outputs: [{ shape, dtype }] }: GraphNode): string {
  if (op !== "constant") return JSON.stringify(params);
  const { data } = params as { readonly data: ConstantData };
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${dtype}[${shape.join()}]${bytes.toBase64()}`;
}
