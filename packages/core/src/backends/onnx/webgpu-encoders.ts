/**
 * @file The form of a graph for ONNX Runtime's WebGPU provider: other operators in place of those that it has no
 * kernel for. A node without a kernel runs on the CPU, and its operands are copied there and back.
 */
import { plainMatmul } from "../../ops/decompositions.ts";
import { isFloat } from "../../ops/element-types.ts";
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
  // There is no kernel that transposes bytes.
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
  decompositions: {
    // MatMul neither transposes nor scales.
    matmul: plainMatmul({ stacksOnly: true, transposes: true, scaled: "smallest" }),
  },
};
