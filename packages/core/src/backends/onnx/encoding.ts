/** @file What the encoders of primitives write with. */
import type { Tensor } from "../../tensor.ts";

/** The operator sets that models are written in. */
export const operatorSets = { "": 20, "com.microsoft": 1 } as const;

/** An attribute's value: whole numbers are INT, `{ float }` is FLOAT, lists are INTS. */
export type Attribute = number | readonly number[] | { readonly float: number };

export interface Emitted {
  readonly domain?: keyof typeof operatorSets;
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
  /** The name of a float32 scalar. */
  readonly float: (value: number) => string;
  readonly constant: (x: Tensor, data: ArrayBufferView) => void;
}
