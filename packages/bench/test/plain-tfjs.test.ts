/** @file The step that is timed as TensorFlow.js alone is the same training as this project's own. */
import { nn, onnxBackend, optimizerStateName } from "@mvt/core";
import type { deit, Weights } from "@mvt/core";
import type { Tf } from "@mvt/core/tfjs";
import { declareClassifier, noiseOf, openTfjsLibrary, trainingProgram } from "@mvt/experiments";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPlainTfjsTraining } from "../src/workloads/plain-tfjs-training.ts";
import type { PlainTfjsTraining } from "../src/workloads/plain-tfjs-training.ts";
import { transposedWeight } from "../src/workloads/plain-tfjs-model.ts";

const model: deit.VitConfig = {
  imageSize: 24,
  patchSize: 8,
  width: 12,
  depth: 2,
  heads: 3,
  mlpRatio: 2,
  classes: 5,
  initStd: 0.3, // far from uniform attention
};
const batchSize = 3;
const learningRate = 0.01;
// With the usual ε Adam would make whole steps of rounding errors: keys' biases have no gradient.
const adamw = { weightDecay: 0.1, epsilon: 1e-3 };
const { images, labels } = noiseOf(model, batchSize);
const classifier = declareClassifier(model);
const { parameters } = classifier;
const weights = nn.initialWeights(parameters, 1);

/** This project's losses of so many steps on ONNX Runtime, and its state after them. */
async function trainHere(steps: number): Promise<{
  readonly losses: readonly number[];
  readonly state: Weights;
}> {
  const backend = await onnxBackend({ threads: 1 });
  const executable = await backend.compile(trainingProgram(classifier, { batchSize, adamw }));
  await executable.writeState(weights);
  const losses: number[] = [];
  for (let step = 1; step <= steps; step += 1) {
    const feeds = {
      images,
      labels,
      weights: new Float32Array(batchSize).fill(1),
      learningRate: Float32Array.of(learningRate),
      step: Float32Array.of(step),
    };
    losses.push((await executable.run(feeds))["loss"]![0]!);
  }
  const state = await executable.readState();
  await executable.dispose();
  return { losses, state };
}

const libraries = await Promise.all(
  (["cpu", "wasm"] as const).map(async (tfjs) => {
    return [tfjs, await openTfjsLibrary({ device: "cpu", tfjs, threads: 1 })] as const;
  }),
);

describe.for(libraries)("DeiT in TensorFlow.js alone, on %s,", ([, { tf, registeredAs }]) => {
  let training: PlainTfjsTraining;
  beforeEach(async () => {
    await tf.setBackend(registeredAs);
    training = createPlainTfjsTraining(tf, model, { parameters, weights, learningRate, adamw });
  });
  afterEach(() => training.dispose());

  test("has this project's losses, step after step", async () => {
    const { losses } = await trainHere(3);
    const actual = losses.map(() => training.step(images, labels));
    expect(actual).toBeAllClose(losses, { rtol: 1e-5 });
    expect(losses[2]).toBeLessThan(losses[0]! - 0.1);
  });

  test("has this project's gradients", async () => {
    const { state } = await trainHere(1);
    const variables = [...training.variables.values()];
    const { value, grads } = tf.variableGrads(() => training.loss(images, labels), variables);
    for (const { name, tensor } of parameters) {
      const m = state.get(optimizerStateName("adamw", "m", name))!; // (1 - β₁) g after the first step
      const expected = { shape: tensor.shape, data: m.data.map((x) => x / 0.1) };
      expectSame(tf, grads[name]!.dataSync(), expected, name);
    }
    tf.dispose([value, ...Object.values(grads)]);
  });

  test("has this project's weights after two steps, decayed", async () => {
    const { state } = await trainHere(2);
    for (let step = 0; step < 2; step += 1) training.step(images, labels);
    for (const { name } of parameters) {
      const actual = training.variables.get(name)!.dataSync();
      expectSame(tf, actual, state.get(name)!, name, learningRate);
    }
  });

  test("leaves no tensor behind", () => {
    training.step(images, labels); // makes Adam's moments
    const { numTensors } = tf.memory();
    training.step(images, labels);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

/** Equal to a weight of this project to 1e-4, and to 1e-4 of `unit`. */
function expectSame(
  tf: Tf,
  actual: ArrayLike<number>,
  expected: Parameters<typeof transposedWeight>[1],
  name: string,
  unit = 0.01,
): void {
  const transposed = transposedWeight(tf, expected);
  expect(actual, name).toBeAllClose(transposed.dataSync(), { rtol: 1e-4, atol: 1e-4 * unit });
  transposed.dispose();
}
