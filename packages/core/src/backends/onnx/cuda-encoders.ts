/**
 * @file The primitives that `encoders.ts` writes with operators of which ONNX Runtime's CUDA provider is not known
 * to have a kernel, out of those it has had for long.
 */
import { encoders, engineForm } from "./encoders.ts";
import type { Encoders, Form } from "./encoding.ts";

const cudaEncoders = {
  // Φ(x) = (1 + erf(x/√2)) / 2
  normalCdf: ({ inputs: [x], outputs: [y] }, { emit, fresh, float }) => {
    const [scaled, erf, twice] = [fresh(), fresh(), fresh()];
    emit("Mul", [x, float(Math.SQRT1_2)], [scaled]);
    emit("Erf", [scaled], [erf]);
    emit("Add", [erf, float(1)], [twice]);
    emit("Mul", [twice, float(0.5)], [y]);
  },
  scaleRowsAdd: ({ inputs: [x, y, gate], outputs }, { emit, fresh }) => {
    const scaled = fresh();
    emit("Mul", [y, gate], [scaled]);
    emit("Add", [x, scaled], outputs);
  },
} satisfies Partial<Encoders>;

/** For the CUDA device of onnxruntime-node. */
export const cudaForm: Form = { ...engineForm, encoders: { ...encoders, ...cudaEncoders } };
