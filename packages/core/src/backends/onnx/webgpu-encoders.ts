/**
 * @file The primitives that ONNX Runtime's WebGPU provider has no kernel for as `encoders.ts` writes them, out
 * of operators that it has. A node without a kernel runs on the CPU, and its operands travel there and back.
 */
import { isFloat } from "../../ops/element-types.ts";
import { sizeOf } from "../../tensor.ts";
import { castTo, encoders, engineForm } from "./encoders.ts";
import type { Encoders, Form } from "./encoding.ts";

const webgpuEncoders = {
  // [x > 0] - [x < 0]
  sign: ({ inputs: [x], outputs }, { emit, fresh, float }) => {
    const sides = ["Greater", "Less"].map((comparison) => {
      const [holds, side] = [fresh(), fresh()];
      emit(comparison, [x, float(0, x.dtype)], [holds]);
      emit("Cast", [holds], [side], { attributes: { to: castTo[x.dtype] } });
      return side;
    });
    emit("Sub", sides, outputs);
  },
  // Bytes are not moved about.
  transpose: (node, encoding) => {
    const { inputs, outputs, params } = node;
    const { emit, fresh } = encoding;
    const attributes = { perm: params.permutation };
    if (isFloat(inputs[0].dtype) || inputs[0].dtype === "int32") {
      return emit("Transpose", inputs, outputs, { attributes });
    }
    const [wide, moved] = [fresh(), fresh()];
    emit("Cast", inputs, [wide], { attributes: { to: castTo.int32 } });
    emit("Transpose", [wide], [moved], { attributes });
    emit("Cast", [moved], outputs, { attributes: { to: castTo[inputs[0].dtype] } });
  },
  // MatMul takes neither transposes nor a scale: stacks are transposed beforehand, and the smallest of
  // x, y and the product is what is scaled.
  matmul: (node, encoding) => {
    const { inputs, outputs, params } = node;
    const { emit, fresh, float } = encoding;
    if (inputs[0].shape.length === 2) return encoders.matmul(node, encoding);
    const sizes = [...inputs, outputs[0]].map(({ shape }) => sizeOf(shape));
    const scaled = params.scale === 1 ? -1 : sizes.indexOf(Math.min(...sizes));
    const transposes = [params.transposeX, params.transposeY];
    const factors = inputs.map((x, i) => {
      let factor = encoding.name(x);
      if (transposes[i]!) {
        const perm = x.shape.map((_, axis) => axis);
        perm.push(...perm.splice(-2).toReversed());
        const transposed = fresh();
        emit("Transpose", [factor], [transposed], { attributes: { perm } });
        factor = transposed;
      }
      if (scaled === i) {
        const product = fresh();
        emit("Mul", [factor, float(params.scale, x.dtype)], [product]);
        factor = product;
      }
      return factor;
    });
    if (scaled < 2) return emit("MatMul", factors, outputs);
    const product = fresh();
    emit("MatMul", factors, [product]);
    emit("Mul", [product, float(params.scale, outputs[0].dtype)], outputs);
  },
  // x - max x - log Σ exp(x - max x)
  logSoftmax: ({ inputs: [x], outputs }, { emit, fresh, integers }) => {
    const [max, shifted, powers, total, log] = [fresh(), fresh(), fresh(), fresh(), fresh()];
    const lastAxis = integers([-1]);
    emit("ReduceMax", [x, lastAxis], [max], { attributes: { keepdims: 1 } });
    emit("Sub", [x, max], [shifted]);
    emit("Exp", [shifted], [powers]);
    emit("ReduceSum", [powers, lastAxis], [total], { attributes: { keepdims: 1 } });
    emit("Log", [total], [log]);
    emit("Sub", [shifted, log], outputs);
  },
} satisfies Partial<Encoders>;

/** For the WebGPU device of onnxruntime-node. */
export const webgpuForm: Form = {
  ...engineForm,
  encoders: { ...encoders, ...webgpuEncoders },
};
