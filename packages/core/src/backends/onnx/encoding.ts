/** @file What an encoder of a primitive is, and what it writes with. */
import type { Decompositions } from "../../ops/decompositions.ts";
import type { NodeOf, Primitive } from "../../ops/primitives.ts";
import type { Graph } from "../../program/simplify.ts";
import type { DType, GraphNode, Shape, Tensor } from "../../tensor.ts";

export type Encoder<P extends Primitive> = (node: NodeOf<P>, encoding: Encoding) => void;
export type Encoders = { readonly [P in Primitive]: Encoder<P> };

/** Operators of ONNX itself, and those of ONNX Runtime. */
export type Domain = "" | "com.microsoft";

/** The dialect of ONNX that an engine reads, and what it computes fast. */
export interface Form {
  readonly encoders: Encoders;
  /** Operators that are replaced by simpler ones before a graph is encoded (`simplify`). */
  readonly decompositions?: Decompositions;
  /** The version of every operator set that the encoders use. */
  readonly operatorSets: Readonly<Partial<Record<Domain, number>>>;
  readonly irVersion: number;
  /** Nodes that are not written by the encoder of their primitive. */
  readonly rewrite?: (graph: Graph) => Rewriting;
  /** Which axes grow with the batch. If absent, all sizes are fixed. */
  readonly batch?: BatchDimension;
  /** Names of the results, in order. If absent, they are numbered. */
  readonly resultNames?: readonly string[];
}

/** How nodes are written instead; undefined for a node that is not written, because another one covers it. */
export type Rewriting = ReadonlyMap<GraphNode, ((encoding: Encoding) => void) | undefined>;

/** The open batch size of a graph. */
export interface BatchDimension {
  /** The input whose first axis is the batch. */
  readonly input: Tensor;
  /** The axis of a tensor that grows with the batch; undefined where none does. */
  readonly axisOf: (x: Tensor) => number | undefined;
}

/** Element types that only initialisers have: no tensor of a graph is stored like this. */
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
  /** The name of a scalar constant, float32 by default. */
  readonly float: (value: number, dtype?: DType) => string;
  readonly constant: (x: Tensor, data: ArrayBufferView) => void;
  /** Adds an initialiser that is not a tensor of the graph; returns its name. */
  readonly stored: (
    name: string,
    type: StoredType | "float32",
    shape: Shape,
    data: ArrayBufferView,
  ) => string;
  /** The name of the shape to reshape to `y`; its axis of the batch is -1. */
  readonly reshaped: (params: { readonly shape: Shape }, y: Tensor) => string;
  /** The name of the shape to expand to `y`; the size of the batch is read from the input. */
  readonly expanded: (params: { readonly shape: Shape }, y: Tensor) => string;
}
