/**
 * @file How each primitive is computed with TensorFlow.js. The compiler refuses the table while a primitive has
 * neither a kernel nor a decomposition.
 *
 * Operators: https://js.tensorflow.org/api/4.22.0/. TensorFlow.js has no uint8: its values are int32.
 */
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import { Float16Array } from "../../float16.ts";
import { decompositions, plainMatmul } from "../../ops/decompositions.ts";
import { isFloat } from "../../ops/element-types.ts";
import type { NodeOf, Primitive, Primitives } from "../../ops/primitives.ts";
import type { DType, Tensor } from "../../tensor.ts";

/** The API of TensorFlow.js, which tfjs-node exports as well. */
export type Tf = typeof import("@tensorflow/tfjs-core");

type Values<Inputs extends readonly Tensor[]> = { readonly [I in keyof Inputs]: TfTensor };
const { normalCdf, gelu, scaleRowsAdd } = decompositions;
const replaced = { normalCdf, gelu, scaleRowsAdd };

/** What is computed by simpler operators. TensorFlow.js transposes at no cost, but does not scale. */
export const tfjsDecompositions = { ...replaced, matmul: plainMatmul({ scaled: "smallest" }) };

type Computed = Exclude<Primitive, "input" | "constant" | keyof typeof replaced>;

/**
 * Prepares a node once, and returns the function that computes it in every run: its output, or a list of all its
 * outputs. An output that nothing reads may be left undefined, to save work.
 *
 * @param read for each output, whether anything reads it
 */
type Kernel<P extends Primitive> = (
  node: NodeOf<P>,
  read: readonly boolean[],
) => (...inputs: Values<Primitives[P]["inputs"]>) => TfTensor | readonly (TfTensor | undefined)[];

export type Kernels = { readonly [P in Computed]: Kernel<P> };

/** How values of an element type are stored. There is no float16: only a cast to it rounds. */
export const storedAs = {
  float32: "float32",
  float16: "float32",
  int32: "int32",
  uint8: "int32",
  bool: "bool",
} as const satisfies Readonly<Record<DType, string>>;

/** The kernels on one copy of TensorFlow.js. They dispose of all tensors but those that they return. */
export function createKernels(tf: Tf): Kernels {
  const { tidy } = tf;
  const casts: Readonly<Record<DType, (x: TfTensor) => TfTensor>> = {
    float32: (x) => tf.cast(x, "float32"),
    float16: (x) => tf.tensor(Float32Array.from(Float16Array.from(x.dataSync())), x.shape),
    int32: (x) => tf.cast(x, "int32"),
    uint8: (x) => tidy(() => tf.mod(tf.cast(x, "int32"), 256)),
    bool: (x) => tf.notEqual(x, 0), // tf.cast leaves bytes as they are under WebAssembly
  };
  return {
    neg: () => tf.neg,
    exp: () => tf.exp,
    log: () => tf.log,
    sqrt: () => tf.sqrt,
    abs: () => tf.abs,
    sign: () => tf.sign,
    sigmoid: () => tf.sigmoid,
    erf: () => tf.erf,
    cast: ({ params: { to } }) => casts[to],
    add: () => tf.add,
    sub: () => tf.sub,
    mul: () => tf.mul,
    // tf.div of whole numbers rounds down; ONNX rounds towards zero.
    div: ({ outputs: [{ dtype }] }) =>
      isFloat(dtype)
        ? tf.div
        : (x, y) =>
            tidy(() => tf.cast(tf.div(tf.cast(x, "float32"), tf.cast(y, "float32")), "int32")),
    minimum: () => tf.minimum,
    equal: () => tf.equal,
    greater: () => tf.greater,
    where: () => tf.where,
    reshape:
      ({ params: { shape } }) =>
      (x) =>
        tf.reshape(x, [...shape]),
    transpose:
      ({ params: { permutation } }) =>
      (x) =>
        tf.transpose(x, [...permutation]),
    broadcastTo:
      ({ params: { shape } }) =>
      (x) =>
        tf.broadcastTo(x, [...shape]),
    split: ({ outputs, params: { axis } }, read) => {
      let start = 0;
      const slices = outputs.map(({ shape }) => {
        const begin = shape.map((_, i) => (i === axis ? start : 0));
        start += shape[axis]!;
        return { begin, size: [...shape] };
      });
      return (x) =>
        slices.map(({ begin, size }, i) => (read[i] ? tf.slice(x, begin, size) : undefined));
    },
    concat:
      ({ params: { axis } }) =>
      (...xs) =>
        tf.concat([...xs], axis),
    after: () => (x) => tf.clone(x), // nodes are computed in order, so `first` has been computed
    sum:
      ({ params: { axes, keepDims } }) =>
      (x) =>
        tf.sum(x, [...axes], keepDims),
    matmul:
      ({ params: { transposeX, transposeY } }) =>
      (x, y) =>
        tf.matMul(x, y, transposeX, transposeY),
    // Not tf.fused.matMul: it is the same two kernels, except under WebAssembly, where with transposeB it adds the last
    // bias to every row after the first (4.22).
    affine: () => (x, weight, bias) => tidy(() => tf.add(tf.matMul(x, weight, false, true), bias)),
    softmax: () => (x) => tf.softmax(x),
    logSoftmax: () => (x) => tf.logSoftmax(x),
    layerNorm:
      ({ params: { epsilon } }) =>
      (x, gamma, beta) =>
        tidy(() => {
          const mean = tf.mean(x, -1, true);
          const centred = tf.sub(x, mean);
          const variance = tf.mean(tf.square(centred), -1, true);
          const s = tf.rsqrt(tf.add(variance, epsilon)); // 1 / √(var + ε)
          return [tf.add(tf.mul(tf.mul(centred, s), gamma), beta), mean, s];
        }),
  };
}
