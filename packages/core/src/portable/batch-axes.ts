/**
 * @file Which axes of a graph grow with the batch.
 *
 * Shapes are static, so a program is recorded for one batch size. Recording it for two sizes, B and C, shows which
 * axes grow: an axis of size c B in the first graph and c C in the second one does. A program that differs in
 * anything else does not treat images one by one, and is refused.
 */
import { printNode } from "../program/print.ts";
import { parameterKey } from "../program/simplify.ts";
import type { Graph } from "../program/simplify.ts";
import { formatShape, ShapeError } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";

/** A graph and the batch size that it was recorded for. */
export interface Recorded {
  readonly graph: Graph;
  readonly batchSize: number;
}

/**
 * The axis of every tensor of `a.graph` that grows with the batch, where there is one. Throws ShapeError
 * where the graphs differ in more than the size of one axis per tensor.
 */
export function batchAxes(a: Recorded, b: Recorded): ReadonlyMap<Tensor, number> {
  const axes = new Map<Tensor, number>();
  if (a.graph.nodes.length !== b.graph.nodes.length) {
    throw new ShapeError(
      `batchAxes: expected as many operators for every batch size, got ${a.graph.nodes.length} for ${a.batchSize} and ${b.graph.nodes.length} for ${b.batchSize}`,
    );
  }
  const twins = new Map<Tensor, Tensor>();
  for (const [i, node] of a.graph.nodes.entries()) {
    const twin = b.graph.nodes[i]!;
    requireSameOperator(node, twin, twins);
    for (const [output, x] of node.outputs.entries()) {
      const y = twin.outputs[output]!;
      twins.set(x, y);
      const axis = batchAxis(x, y, a.batchSize, b.batchSize);
      if (axis !== undefined) axes.set(x, axis);
    }
    if (node.op === "broadcastTo") requireWholeBatch(node, axes, a.batchSize);
  }
  return axes;
}

function requireSameOperator(a: GraphNode, b: GraphNode, twins: ReadonlyMap<Tensor, Tensor>): void {
  const sameInputs = a.inputs.every((x, i) => twins.get(x) === b.inputs[i]);
  // The shape that these two take as a parameter is the shape of their output, which is compared anyway.
  const followsShape = a.op === "reshape" || a.op === "broadcastTo";
  const sameParameters = followsShape || parameterKey(a) === parameterKey(b);
  if (a.op === b.op && a.inputs.length === b.inputs.length && sameInputs && sameParameters) return;
  throw new ShapeError(
    `${a.op}: expected the same operator for every batch size, got ${printNode(a)} for one and ${printNode(b)}, or another input, for another`,
  );
}

function batchAxis(x: Tensor, y: Tensor, B: number, C: number): number | undefined {
  const grown = x.shape.flatMap((n, i) => (n === y.shape[i] ? [] : [i]));
  const [axis] = grown;
  if (axis === undefined && x.shape.length === y.shape.length) return undefined;
  const isMultiple = (n: number, m: number) => n % B === 0 && n / B === m / C;
  if (
    x.shape.length === y.shape.length &&
    grown.length === 1 &&
    isMultiple(x.shape[axis!]!, y.shape[axis!]!)
  ) {
    return axis;
  }
  throw new ShapeError(
    `${x.node.op}: expected one axis that is a multiple of the batch size, got ${formatShape(x.shape)} for ${B} and ${formatShape(y.shape)} for ${C}`,
  );
}

/** Throws unless values are repeated once per image: the encoding can express nothing else. */
function requireWholeBatch(
  node: GraphNode,
  axes: ReadonlyMap<Tensor, number>,
  batchSize: number,
): void {
  const [x] = node.outputs;
  const axis = axes.get(x);
  if (axis === undefined || x.shape[axis] === batchSize) return;
  throw new ShapeError(
    `broadcastTo: expected the batch size itself on axis ${axis}, got a multiple of ${batchSize} in ${printNode(node)}`,
  );
}
