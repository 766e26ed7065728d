/** @file What the encoders of primitives write with. */
import type { Primitive } from "../../ops/primitives.ts";
import type { Graph } from "../../program/simplify.ts";
import type { DType, GraphNode, Shape, Tensor } from "../../tensor.ts";

export type Encoder<P extends Primitive> = (node: GraphNode<P>, encoding: Encoding) => void;
export type Encoders = { readonly [P in Primitive]: Encoder<P> };

/** Operators of ONNX itself, and those of ONNX Runtime. */
export type Domain = "" | "com.microsoft";

/** Whom a model is written for. */
export interface Form {
  readonly encoders: Encoders;
  /** The version of every operator set that the encoders use. */
  readonly operatorSets: Readonly<Partial<Record<Domain, number>>>;
  readonly irVersion: number;
  /** Nodes that are written otherwise than their primitives say. */
  readonly rewrite?: (graph: Graph) => Rewriting;
  /** What grows with the batch; without it all sizes are fixed. */
  readonly batch?: Batch;
  /** Names of the results, in order; numbered without. */
  readonly resultNames?: readonly string[];
}

/** What is written in a node's place; undefined: nothing, since what another writes makes it superfluous. */
export type Rewriting = ReadonlyMap<GraphNode, ((encoding: Encoding) => void) | undefined>;

/** The open batch size of a graph. */
export interface Batch {
  /** The input whose first axis is the batch. */
  readonly input: Tensor;
  /** The axis of a tensor that grows with the batch; undefined where none does. */
  readonly axisOf: (x: Tensor) => number | undefined;
}

/** Element types of initialisers that are no tensors of the graph. */
export type StoredType = "float16" | "int8";

/** An attribute's value: whole numbers are INT, `{ float }` is FLOAT, lists are INTS. */
export type Attribute = number | readonly number[] | { readonly float: number };

export interface Emitted {
  readonly domain?: Domain;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** What an encoder writes with: names for tensors, nodes, and constants of the model. */
export interface Encoding {
  readonly name: (x: Tensor) => string;
  /** Adds an ONNX node. Inputs are tensors, names, or "" for one left out. */
  readonly emit: (
    opType: string,
    inputs: readonly (Tensor | string)[],
    outputs: readonly (Tensor | string)[],
    options?: Emitted,
  ) => void;
  /** A name for an intermediate value that is no tensor of the graph. */
  readonly fresh: () => string;
  /** The name of an int64 constant: axes, shapes, sizes. */
  readonly integers: (values: readonly number[]) => string;
  /** The name of a scalar, of float32 unless told otherwise. */
  readonly float: (value: number, dtype?: DType) => string;
  readonly constant: (x: Tensor, data: ArrayBufferView) => void;
  /** Adds an initialiser of a type or a name that no tensor of the graph has; returns the name. */
  readonly stored: (
    name: string,
    type: StoredType | "float32",
    shape: Shape,
    data: ArrayBufferView,
  ) => string;
  /** The name of the shape that a reshape to `y` asks for; -1 stands where the batch is. */
  readonly reshaped: (params: { readonly shape: Shape }, y: Tensor) => string;
  /** The name of the shape that an expansion to `y` asks for; the batch's size is read from the input. */
  readonly expanded: (params: { readonly shape: Shape }, y: Tensor) => string;
}
