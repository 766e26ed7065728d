/**
 * @file Whether an engine computes what PyTorch computes: operators, and the first training step of a small DeiT, against
 * the values that golden/doctor.py stored. A driver that computes wrong would otherwise show as a bad accuracy at best.
 */
import { readFileSync } from "node:fs";
import { decodeSafetensors, ops, optimizerStateName } from "@mvt/core";
import type { Backend, NdArray, Tensor, Weights } from "@mvt/core";
import { declareClassifier, trainingProgram } from "./programs.ts";

/** How far an engine is from PyTorch. */
export interface GoldenCheck {
  /** The largest `difference` that counts as equal. */
  readonly tolerance: number;
  /** Every operator, by its name in the stored file, and at last "a training step". */
  readonly values: readonly GoldenValue[];
}

export interface GoldenValue {
  readonly name: string;
  /** The largest difference from PyTorch's values, over the largest of these; absent if a value is not finite. */
  readonly difference?: number;
  readonly agrees: boolean;
}

/** CUDA multiplies float32 in TensorFloat-32, which keeps 10 bits of the fraction. */
const toleranceOf = ({ device }: Backend) => (device === "cuda" ? 1e-2 : 1e-4);

/** By the name in the stored file, what is computed from its inputs. */
const operators: Readonly<Record<string, (...xs: readonly Tensor[]) => Tensor>> = {
  exp: (x) => ops.exp(x),
  log: (x) => ops.log(x),
  sqrt: (x) => ops.sqrt(x),
  division: (x, y) => ops.div(x, y),
  comparison: (x, y) => ops.where(ops.greater(x, y), x, ops.mul(y, 2)),
  sigmoid: (x) => ops.sigmoid(x),
  gelu: (x) => ops.gelu(x),
  softmax: (x) => ops.softmax(x),
  "log-softmax": (x) => ops.logSoftmax(x),
  "layer norm": (x, gamma, beta) => ops.layerNorm(x, gamma, beta, 1e-6),
  "matrix product": (q, k) => ops.matmul(q, k, { transposeY: true, scale: 1 / Math.sqrt(8) }),
  "linear layer": (x, weight, bias) => ops.affine(x, weight, bias),
  sum: (x) => ops.sum(x, [1, 3]),
  transpose: (x) => ops.transpose(x, [0, 2, 1, 3]),
  "slice and concatenation": (x) => ops.concat([ops.slice(x, 1, 3, 7), ops.slice(x, 1, 0, 2)], 1),
};

/** The network of the stored step, its batch, and its AdamW. */
const model = {
  imageSize: 16,
  patchSize: 8,
  width: 16,
  depth: 2,
  heads: 2,
  mlpRatio: 2,
  classes: 7,
} as const;
const batchSize = 4;
const learningRate = 0.1; // so high that the change of a parameter is large beside its rounding
const adamw = { betas: [0.9, 0.999], weightDecay: 0.05 } as const;

/**
 * Below this first moment a gradient is zero but for rounding, and AdamW's first step, of the size of the learning rate
 * whatever the gradient's, goes anywhere.
 */
const leastMoment = 1e-6;

/** Computes all stored values on the engine. Throws what the engine throws. */
export async function compareWithGolden(backend: Backend): Promise<GoldenCheck> {
  const stored = readStored();
  const tolerance = toleranceOf(backend);
  const differences = new Map([
    ...(await compareOperators(backend, stored)),
    ["a training step", await compareStep(backend, stored)],
  ]);
  const values = [...differences].map(([name, difference]) => ({
    name,
    ...(Number.isFinite(difference) && { difference }),
    agrees: difference <= tolerance,
  }));
  return { tolerance, values };
}

function readStored(): Weights {
  const path = new URL("./golden-values.safetensors", import.meta.url);
  return decodeSafetensors(readFileSync(path), "golden-values.safetensors").weights;
}

async function compareOperators(
  backend: Backend,
  stored: Weights,
): Promise<ReadonlyMap<string, number>> {
  const inputs: Tensor[] = [];
  const outputs: Record<string, Tensor> = {};
  const feeds: Record<string, Float32Array> = {};
  for (const [name, operator] of Object.entries(operators)) {
    const xs: Tensor[] = [];
    for (let array; (array = stored.get(`${name}/${xs.length}`)) !== undefined;) {
      const key = `${name}/${xs.length}`;
      feeds[key] = array.data;
      xs.push(ops.input(key, array.shape));
    }
    inputs.push(...xs);
    outputs[name] = operator(...xs);
  }
  const executable = await backend.compile({ inputs, outputs, state: [] });
  try {
    const results = await executable.run(feeds);
    return new Map(
      Object.keys(operators).map((name) => [
        name,
        differenceOf(results[name]!, arrayOf(stored, `${name}/y`).data),
      ]),
    );
  } finally {
    await executable.dispose();
  }
}

/** Loss, probabilities, gradients (as AdamW's first moments) and the change of parameters: the largest of their differences. */
async function compareStep(backend: Backend, stored: Weights): Promise<number> {
  const of = (name: string) => arrayOf(stored, `step/${name}`);
  const classifier = declareClassifier(model);
  const executable = await backend.compile(trainingProgram(classifier, { batchSize, adamw }));
  try {
    await executable.writeState(
      new Map(classifier.parameters.map(({ name }) => [name, of(`before/${name}`)])),
    );
    const results = await executable.run({
      images: Uint8Array.from(of("images").data),
      labels: Int32Array.from(of("labels").data),
      weights: new Float32Array(batchSize).fill(1),
      learningRate: Float32Array.of(learningRate),
      step: Float32Array.of(1),
    });
    const state = await executable.readState();
    const ofParameters = classifier.parameters.flatMap(({ name }) => {
      const moment = of(`m/${name}`).data;
      const before = of(`before/${name}`).data;
      const changeTo = (after: NdArray) =>
        after.data
          .map((value, i) => value - before[i]!)
          .filter((_, i) => Math.abs(moment[i]!) >= leastMoment);
      return [
        momentDifference(state.get(optimizerStateName("adamw", "m", name))!.data, moment),
        differenceOf(changeTo(state.get(name)!), changeTo(of(`after/${name}`))),
      ];
    });
    return Math.max(
      differenceOf(results["loss"]!, of("loss").data),
      differenceOf(results["probabilities"]!, of("probabilities").data),
      ...ofParameters,
    );
  } finally {
    await executable.dispose();
  }
}

/** 0 for gradients that are zero but for rounding on both sides. */
function momentDifference(values: Float32Array, expected: Float32Array): number {
  const isZero = (x: number) => Math.abs(x) < leastMoment;
  return values.every(isZero) && expected.every(isZero) ? 0 : differenceOf(values, expected);
}

/** max |x - y| / max |y|; infinite if a value is not finite. */
function differenceOf(values: Float32Array, expected: Float32Array): number {
  if (values.length !== expected.length) return Infinity;
  let [largest, size] = [0, 0];
  for (const [i, y] of expected.entries()) {
    const difference = Math.abs(values[i]! - y);
    if (!Number.isFinite(difference)) return Infinity;
    largest = Math.max(largest, difference);
    size = Math.max(size, Math.abs(y));
  }
  return largest === 0 ? 0 : largest / size;
}

function arrayOf(stored: Weights, name: string): NdArray {
  const found = stored.get(name);
  if (found === undefined) throw new Error(`golden-values.safetensors: no array ${name}`);
  return found;
}
