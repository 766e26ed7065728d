/**
 * @file A program and its weights as an ONNX file that any engine can run: with standard operators only, the weights
 * inside, and any batch size.
 */
import { encode } from "../backends/onnx/encode.ts";
import { encoders } from "../backends/onnx/encoders.ts";
import type { Encoders } from "../backends/onnx/encoding.ts";
import { decompositions, plainMatmul } from "../ops/decompositions.ts";
import type { Decompositions } from "../ops/decompositions.ts";
import { inputOf } from "../program/program.ts";
import type { Program } from "../program/program.ts";
import { simplify } from "../program/simplify.ts";
import { formatShape, sameShape } from "../tensor.ts";
import type { Weights } from "../weights/weights.ts";
import { batchAxes } from "./batch-axes.ts";
import { encodeParameters } from "./storage-precision.ts";
import type { StoragePrecision } from "./storage-precision.ts";

/**
 * The operator set of portable models: the first one with LayerNormalization (ONNX 1.12, June 2022), so that engines
 * of the last years can read them.
 */
export const portableOpset = 17;

/** The version of the file format that belongs to ONNX 1.12. */
const irVersion = 8;

/** Standard operators in place of ONNX Runtime's own. */
const standardEncoders: Encoders = {
  ...encoders,
  // x (1 + erf(x/√2)) / 2. Engines recognise GELU by this order of operators and fuse it.
  gelu: ({ inputs: [x], outputs: [y] }, { emit, fresh, float }) => {
    const [scaled, erf, shifted, product] = [fresh(), fresh(), fresh(), fresh()];
    emit("Div", [x, float(Math.SQRT2)], [scaled]);
    emit("Erf", [scaled], [erf]);
    emit("Add", [erf, float(1)], [shifted]);
    emit("Mul", [x, shifted], [product]);
    emit("Mul", [product, float(0.5)], [y]);
  },
};

/** MatMul neither transposes nor scales stacks of matrices; Gemm does so with two matrices. */
const standardDecompositions: Decompositions = {
  matmul: plainMatmul({ stacksOnly: true, transposes: true, scaled: "product" }),
  scaleRowsAdd: decompositions.scaleRowsAdd,
};

export interface PortableModel {
  /** Builds the program for a batch size. The batch is the first axis of its inputs; `weights` has all its state. */
  readonly program: (batchSize: number) => Program;
  readonly weights: Weights;
  /** How weights are stored. Default float32. */
  readonly precision?: StoragePrecision;
}

/** Two sizes that other axes are unlikely to have. If an axis has one of them, the program may be refused. */
const recordedSizes = [1009, 1013] as const;

/**
 * The bytes of the ONNX file. Inputs and outputs have the names of the program, and the size of their first axis is
 * "batch". Throws ShapeError for a program that does not treat images one by one, and TypeError for a program that
 * trains or lacks weights.
 */
export function encodePortable(model: PortableModel): Uint8Array<ArrayBuffer> {
  const [program, other] = recordedSizes.map((size) => model.program(size)) as [Program, Program];
  requireWeights(program, model.weights);
  const graphOf = ({ outputs }: Program) =>
    simplify(Object.values(outputs), standardDecompositions);
  const graph = graphOf(program);
  const axes = batchAxes(
    { graph, batchSize: recordedSizes[0] },
    { graph: graphOf(other), batchSize: recordedSizes[1] },
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
    throw new TypeError(
      "encodePortable: expected a program without an optimiser, got one that trains",
    );
  }
  for (const { input } of state) {
    const { name, shape } = inputOf(input);
    const given = weights.get(name);
    if (given && sameShape(given.shape, shape)) continue;
    throw new TypeError(
      `encodePortable: expected weights ${formatShape(shape)} for ${name}, got ${given ? formatShape(given.shape) : "none"}`,
    );
  }
}
