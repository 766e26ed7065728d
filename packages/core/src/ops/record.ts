/** @file How a family of operators records its nodes: checked against the signatures that the family declares. */
import { makeNode } from "../tensor.ts";
import type { DType, OutputType, Shape, Tensor } from "../tensor.ts";

/** What an operator takes: tensors, and parameters that are known when the graph is built. */
export interface Signature {
  readonly inputs: readonly Tensor[];
  readonly params: object;
}

export type NoParams = Readonly<Record<string, never>>;

/** No tensors. */
export interface Source<Params> {
  readonly inputs: readonly [];
  readonly params: Params;
}

export interface Unary<Params = NoParams> {
  readonly inputs: readonly [x: Tensor];
  readonly params: Params;
}

export interface Binary<Params = NoParams> {
  readonly inputs: readonly [x: Tensor, y: Tensor];
  readonly params: Params;
}

/** Functions that record nodes of the operators whose signatures are `Signatures`. */
export function recorder<Signatures extends { readonly [P in keyof Signatures]: Signature }>() {
  /** Records a node; its outputs have the given shapes and element types. */
  function record<P extends keyof Signatures & string>(
    op: P,
    inputs: Signatures[P]["inputs"],
    params: Signatures[P]["params"],
    outputs: readonly OutputType[],
  ): readonly [Tensor, ...Tensor[]] {
    return makeNode({ op, inputs, params, outputs }).outputs;
  }
  /** Records a node with one output, of float32 unless told otherwise. */
  function recordOne<P extends keyof Signatures & string>(
    op: P,
    inputs: Signatures[P]["inputs"],
    params: Signatures[P]["params"],
    shape: Shape,
    dtype: DType = "float32",
  ): Tensor {
    return record(op, inputs, params, [{ shape, dtype }])[0];
  }
  return { record, recordOne };
}
