/**
 * @file Every primitive operator: its inputs and its static parameters.
 *
 * This interface is what the tables are checked against: gradient rules (autodiff/), ONNX encodings
 * (backends/onnx/). A primitive without its row in a table does not compile.
 */
import type { DType, Shape, Tensor } from "../tensor.ts";

type NoParams = Readonly<Record<string, never>>;

interface Source<Params> {
  readonly inputs: readonly [];
  readonly params: Params;
}
interface Unary<Params = NoParams> {
  readonly inputs: readonly [x: Tensor];
  readonly params: Params;
}
interface Binary<Params = NoParams> {
  readonly inputs: readonly [x: Tensor, y: Tensor];
  readonly params: Params;
}

/** Values of a constant, as the element type's typed array (bool: Uint8Array). */
export type ConstantData = Float32Array | Float16Array | Int32Array | Uint8Array;

export interface Primitives {
  // Sources
  input: Source<{ readonly name: string }>;
  constant: Source<{ readonly data: ConstantData }>;
  // Element by element; the binary ones broadcast
  neg: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  abs: Unary;
  sign: Unary;
  sigmoid: Unary;
  normalCdf: Unary;
  gelu: Unary;
  cast: Unary<{ readonly to: DType }>;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  minimum: Binary;
  equal: Binary;
  greater: Binary;
  where: {
    readonly inputs: readonly [condition: Tensor, x: Tensor, y: Tensor];
    readonly params: NoParams;
  };
  // Shapes
  reshape: Unary<{ readonly shape: Shape }>;
  transpose: Unary<{ readonly permutation: readonly number[] }>;
  broadcastTo: Unary<{ readonly shape: Shape }>;
  split: Unary<{ readonly axis: number; readonly sizes: readonly number[] }>;
  concat: { readonly inputs: readonly Tensor[]; readonly params: { readonly axis: number } };
  after: { readonly inputs: readonly [x: Tensor, first: Tensor]; readonly params: NoParams };
  // Reductions
  sum: Unary<{ readonly axes: readonly number[]; readonly keepDims: boolean }>;
  // Products
  matmul: Binary<{
    readonly transposeX: boolean;
    readonly transposeY: boolean;
    readonly scale: number;
  }>;
  affine: {
    readonly inputs: readonly [x: Tensor, weight: Tensor, bias: Tensor];
    readonly params: NoParams;
  };
  // Normalisations over the last axis
  softmax: Unary;
  logSoftmax: Unary;
  layerNorm: {
    readonly inputs: readonly [x: Tensor, gamma: Tensor, beta: Tensor];
    readonly params: { readonly epsilon: number };
  };
  scaleRowsAdd: {
    readonly inputs: readonly [x: Tensor, y: Tensor, gate: Tensor];
    readonly params: NoParams;
  };
}

export type Primitive = keyof Primitives;
