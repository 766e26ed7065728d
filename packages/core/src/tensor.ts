/**
 * @file Symbolic tensors: a shape, an element type, and the node that makes them.
 *
 * Making a tensor computes nothing. Operators record nodes, and a backend runs the nodes that the outputs of a
 * program depend on. What each operator takes: ops/primitives.ts.
 */

/** float16 is for values within a graph: what goes in and comes out, and all state, is float32. */
export type DType = "float32" | "float16" | "int32" | "uint8" | "bool";
/** Element types that inputs have. */
export type InputType = Exclude<DType, "float16">;
/** Element types that gradients have. */
export type FloatType = Extract<DType, "float32" | "float16">;
export type Shape = readonly number[];

/** One operator applied to tensors. `isNode` of ops/primitives.ts narrows it to one operator. */
export interface GraphNode {
  /** The name of a primitive operator. */
  readonly op: string;
  readonly inputs: readonly Tensor[];
  /** Static parameters: axes, shapes, a factor. */
  readonly params: object;
  readonly outputs: readonly [Tensor, ...Tensor[]];
}

/** One output of a node. Immutable; two tensors are the same only if they are the same object. */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly node: GraphNode;
  /** Which of the node's outputs this is. */
  readonly output: number;
}

/** A shape that an operator cannot take. The message names the operator, what it expects, and what came. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** The shape and element type of a tensor that a node is to make. */
export type OutputType = Pick<Tensor, "shape" | "dtype">;

/** Makes a node and its outputs. Operators record theirs through `recorder` of ops/record.ts, which checks types. */
export function makeNode({
  op,
  inputs,
  params,
  outputs,
}: Omit<GraphNode, "outputs"> & { readonly outputs: readonly OutputType[] }): GraphNode {
  const made: Tensor[] = [];
  const node = { op, inputs, params, outputs: made } as unknown as GraphNode;
  for (const [output, { shape, dtype }] of outputs.entries()) {
    made.push({ shape, dtype, node, output });
  }
  return node;
}

/** The number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** A shape as it is printed in errors: "[2, 197, 384]". */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether two shapes have the same axes of the same sizes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

type Sizes<Names extends string> = Names extends `${string} ${infer Rest}`
  ? [number, ...Sizes<Rest>]
  : [number];

/**
 * The sizes of a tensor's axes, named and counted: `const [B, T, D] = dims(x, "B T D")`.
 * Throws ShapeError when the number of axes differs.
 */
export function dims<const Names extends string>(x: Tensor, names: Names): Sizes<Names> {
  const rank = names.split(" ").length;
  if (x.shape.length !== rank) {
    throw new ShapeError(
      `dims: expected ${rank} dimensions (${names}), got ${formatShape(x.shape)}`,
    );
  }
  return [...x.shape] as Sizes<Names>;
}

/** The axis counted from the front; negative axes count from the back. */
export function resolveAxis(op: string, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= rank) {
    throw new ShapeError(`${op}: expected an axis of a tensor of rank ${rank}, got ${axis}`);
  }
  return resolved;
}
