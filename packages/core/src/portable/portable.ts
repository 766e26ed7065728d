/**
 * @file A program and its weights as an ONNX file that any engine runs: standard operators only, weights
 * inside, any batch size.
 */
import { encode } from "../backends/onnx/encode.ts";
import { encoders } from "../backends/onnx/encoders.ts";
import type { Encoders } from "../backends/onnx/encoding.ts";
import { inputOf } from "../program/program.ts";
import type { Program } from "../program/program.ts";
import { simplify } from "../program/simplify.ts";
import type { Tensor } from "../tensor.ts";
import type { Weights } from "../weights/weights.ts";
import { batchAxes } from "./batch-axes.ts";
import { encodeParameters } from "./precision.ts";
import type { Precision } from "./precision.ts";

/**
 * The operator set of portable models: the first with LayerNormalization (ONNX 1.12 of June 2022), so that
 * engines of several years can read them.
 */
export const portableOpset = 17;

/** What comes with ONNX 1.12. */
const irVersion = 8;

/** The primitives that training writes with ONNX Runtime's own operators, in standard ones. */
const standardEncoders: Encoders = {
  ...encoders,
  // x (1 + erf(x/√2)) / 2, in the order of operators that engines know as GELU and fuse.
  gelu: ({ inputs: [x], outputs: [y] }, { emit, fresh, float }) => {
    const [scaled, erf, shifted, product] = [fresh(), fresh(), fresh(), fresh()];
    emit("Div", [x, float(Math.SQRT2)], [scaled]);
    emit("Erf", [scaled], [erf]);
    emit("Add", [erf, float(1)], [shifted]);
    emit("Mul", [x, shifted], [product]);
    emit("Mul", [product, float(0.5)], [y]);
  },
  matmul: (node, encoding) => {
    const { inputs, outputs, params } = node;
    if (outputs[0].shape.length === 2) return encoders.matmul(node, encoding); // Gemm
    const { emit, fresh, float } = encoding;
    const lastTwoExchanged = (x: Tensor) => {
      const axes = x.shape.map((_, i) => i);
      const transposed = fresh();
      const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
      emit("Transpose", [x], [transposed], { attributes: { perm } });
      return transposed;
    };
    const x = params.transposeX ? lastTwoExchanged(inputs[0]) : inputs[0];
    const y = params.transposeY ? lastTwoExchanged(inputs[1]) : inputs[1];
    if (params.scale === 1) return emit("MatMul", [x, y], outputs);
    const product = fresh();
    emit("MatMul", [x, y], [product]);
    emit("Mul", [product, float(params.scale)], outputs);
  },
  scaleRowsAdd: ({ inputs: [x, y, gate], outputs }, { emit, fresh }) => {
    const scaled = fresh();
    emit("Mul", [y, gate], [scaled]);
    emit("Add", [x, scaled], outputs);
  },
};

export interface PortableModel {
  /** The program of a batch size: its inputs have the batch first, its state is all in `weights`. */
  readonly program: (batchSize: number) => Program;
  readonly weights: Weights;
  /** Of the weights. Default float32. */
  readonly precision?: Precision;
}

/** Two sizes that no other axis is likely to have; even one that has could only be refused. */
const recordedSizes = [1009, 1013] as const;

/**
 * The bytes of the ONNX file. Inputs and outputs have the program's names, and "batch" as the size of
 * their first axis. Throws ShapeError for a program that is no function of single images, TypeError for
 * one that trains or lacks weights.
 */
export function encodePortable(model: PortableModel): Uint8Array<ArrayBuffer> {
  const [program, other] = recordedSizes.map((size) => model.program(size)) as [Program, Program];
  requireWeights(program, model.weights);
  const graph = simplify(Object.values(program.outputs));
  const axes = batchAxes(
    { graph, batchSize: recordedSizes[0] },
    { graph: simplify(Object.values(other.outputs)), batchSize: recordedSizes[1] },
  );
  const batched = graph.nodes.find(({ op, outputs: [x] }) => op === "input" && axes.get(x) === 0);
  if (batched === undefined) {
    throw new TypeError(
      "encodePortable: expected an input with the batch on its first axis, got none",
    );
  }
  return encode(graph, {
    encoders: {
      ...standardEncoders,
      input: encodeParameters(model.weights, model.precision ?? "float32"),
    },
    operatorSets: { "": portableOpset },
    irVersion,
    batch: { input: batched.outputs[0], axisOf: (x) => axes.get(x) },
    resultNames: Object.keys(program.outputs),
  }).model;
}

function requireWeights({ state, update }: Program, weights: Weights): void {
  if (update !== undefined) {
    throw new TypeError("encodePortable: expected a program that answers, got one that trains");
  }
  for (const { input } of state) {
    const { name, shape } = inputOf(input);
    if (weights.get(name)?.shape.join() === shape.join()) continue;
    throw new TypeError(
      `encodePortable: expected weights [${shape.join(", ")}] for ${name}, got ${weights.has(name) ? "another shape" : "none"}`,
    );
  }
}
