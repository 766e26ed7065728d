/**
 * @file How each primitive is written in ONNX. The compiler refuses the table while a primitive is missing.
 *
 * Operators: https://onnx.ai/onnx/operators/ and, for the domain com.microsoft,
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
 */
import type { DType, GraphNode } from "../../tensor.ts";
import type { Encoders, Encoding, Form } from "./encoding.ts";

/** A primitive that is one ONNX operator without attributes. */
const operator =
  (opType: string) =>
  ({ inputs, outputs }: GraphNode, { emit }: Encoding) =>
    emit(opType, inputs, outputs);

/** ONNX's numbers for element types (TensorProto.DataType). */
export const castTo: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  bool: 9,
  float16: 10,
};

export const encoders: Encoders = {
  input: () => {},
  constant: ({ outputs: [x], params: { data } }, { constant }) => constant(x, data),
  neg: operator("Neg"),
  exp: operator("Exp"),
  log: operator("Log"),
  sqrt: operator("Sqrt"),
  abs: operator("Abs"),
  sign: operator("Sign"),
  sigmoid: operator("Sigmoid"),
  erf: operator("Erf"),
  // Φ(x) = (1 + erf(x/√2)) / 2. HardSigmoid is min(max(x/2 + 1/2, 0), 1): the affine map in one pass.
  normalCdf: ({ inputs: [x], outputs: [y] }, { emit, fresh, float }) => {
    const [scaled, erf] = [fresh(), fresh()];
    emit("Mul", [x, float(Math.SQRT1_2, x.dtype)], [scaled]);
    emit("Erf", [scaled], [erf]);
    emit("HardSigmoid", [erf], [y], {
      attributes: { alpha: { float: 0.5 }, beta: { float: 0.5 } },
    });
  },
  gelu: ({ inputs, outputs }, { emit }) =>
    emit("Gelu", inputs, outputs, { domain: "com.microsoft" }),
  cast: ({ inputs, outputs, params: { to } }, { emit }) =>
    emit("Cast", inputs, outputs, { attributes: { to: castTo[to] } }),
  add: operator("Add"),
  sub: operator("Sub"),
  mul: operator("Mul"),
  div: operator("Div"),
  minimum: operator("Min"),
  equal: operator("Equal"),
  greater: operator("Greater"),
  where: operator("Where"),
  reshape: ({ inputs: [x], outputs, params }, { emit, reshaped }) =>
    emit("Reshape", [x, reshaped(params, outputs[0])], outputs),
  transpose: ({ inputs, outputs, params: { permutation } }, { emit }) =>
    emit("Transpose", inputs, outputs, { attributes: { perm: permutation } }),
  broadcastTo: ({ inputs: [x], outputs, params }, { emit, expanded }) =>
    emit("Expand", [x, expanded(params, outputs[0])], outputs),
  split: ({ inputs: [x], outputs, params: { axis, sizes } }, { emit, integers }) =>
    emit("Split", [x, integers(sizes)], outputs, { attributes: { axis } }),
  concat: ({ inputs, outputs, params: { axis } }, { emit }) =>
    emit("Concat", inputs, outputs, { attributes: { axis } }),
  // x joined with an empty slice of `first`: the cheapest dependency that no graph optimiser removes.
  after: ({ inputs: [x, first], outputs: [y] }, { emit, fresh, integers }) => {
    const [flat, list, none, joined] = [fresh(), fresh(), fresh(), fresh()];
    emit("Reshape", [x, integers([-1])], [flat]);
    emit("Reshape", [first, integers([-1])], [list]);
    emit("Slice", [list, integers([0]), integers([0])], [none]);
    emit("Concat", [flat, none], [joined], { attributes: { axis: 0 } });
    emit("Reshape", [joined, integers(y.shape)], [y]);
  },
  sum: ({ inputs: [x], outputs, params: { axes, keepDims } }, { emit, integers }) =>
    emit("ReduceSum", [x, integers(axes)], outputs, { attributes: { keepdims: keepDims ? 1 : 0 } }),
  // Gemm for matrices, FusedMatMul for stacks of them: both transpose and scale at no cost.
  matmul: ({ inputs: [x, y], outputs, params }, { emit }) => {
    const [transA, transB] = [params.transposeX ? 1 : 0, params.transposeY ? 1 : 0];
    const alpha = { float: params.scale };
    if (x.shape.length === 2) {
      emit("Gemm", [x, y], outputs, { attributes: { transA, transB, alpha } });
    } else if (transA === 0 && transB === 0 && params.scale === 1) {
      emit("MatMul", [x, y], outputs);
    } else {
      const attributes = { transA, transB, alpha };
      emit("FusedMatMul", [x, y], outputs, { domain: "com.microsoft", attributes });
    }
  },
  affine: ({ inputs, outputs }, { emit }) =>
    emit("Gemm", inputs, outputs, { attributes: { transB: 1 } }),
  softmax: ({ inputs, outputs }, { emit }) =>
    emit("Softmax", inputs, outputs, { attributes: { axis: -1 } }),
  logSoftmax: ({ inputs, outputs }, { emit }) =>
    emit("LogSoftmax", inputs, outputs, { attributes: { axis: -1 } }),
  layerNorm: ({ inputs, outputs, params: { epsilon } }, { emit }) =>
    emit("LayerNormalization", inputs, outputs, { attributes: { epsilon: { float: epsilon } } }),
  scaleRowsAdd: ({ inputs, outputs }, { emit }) =>
    emit("GatedAdd", inputs, outputs, { domain: "com.microsoft" }),
};

/** For onnxruntime-node, which trains: with its own fused operators, and every size fixed. */
export const engineForm: Form = {
  encoders,
  operatorSets: { "": 20, "com.microsoft": 1 },
  irVersion: 10,
};
