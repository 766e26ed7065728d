/** @file What ONNX Runtime's CPU provider computes faster than what `encoders.ts` writes. */
import { encoders, engineForm } from "./encoders.ts";
import type { Encoders, Form } from "./encoding.ts";
import { fuseAttention } from "./fused-attention.ts";

const cpuEncoders = {
  // Σ over the rows of a matrix as 1ᵀ x: ReduceSum takes two to four times as long.
  sum: (node, encoding) => {
    const { inputs, outputs, params } = node;
    const [x] = inputs;
    const [rows] = x.shape;
    if (x.shape.length !== 2 || params.axes.join() !== "0" || params.keepDims) {
      return encoders.sum(node, encoding);
    }
    const ones = encoding.stored(
      `ones[${rows}]`,
      "float32",
      [rows!],
      new Float32Array(rows!).fill(1),
    );
    encoding.emit("MatMul", [ones, x], outputs);
  },
} satisfies Partial<Encoders>;

/** For the CPU of onnxruntime-node. */
export const cpuForm: Form = {
  ...engineForm,
  encoders: { ...encoders, ...cpuEncoders },
  rewrite: fuseAttention,
};
