/** @file How fast a step runs here: steps on noise, without reading any images. */
import { compileStep, inputOf, nn, sizeOf, withStartingAverages } from "@mvt/core";
import type { Backend, deit, Feeds, Program } from "@mvt/core";
import { sum } from "@mvt/common";
import type { RunConfig } from "../settings/run-config.ts";
import { microBatchCount } from "./micro-batches.ts";
import { declareClassifier, precisionOf, trainingProgram, withFrozen } from "./programs.ts";
import type { Classifier } from "./programs.ts";

/** A compiled program with its weights, to be run again and again. */
export interface OpenStep {
  /** Runs once, on `images` [B, S, S, 3] or on noise. */
  run(images?: Uint8Array): Promise<void>;
  /** Releases the program. */
  dispose(): Promise<void>;
}

export interface StepOptions {
  readonly classifier: Classifier;
  /** What `trainingProgram` or `evaluationProgram` made of the classifier. */
  readonly program: Program;
  /** Whether the program trains: it is then fed with labels and a learning rate as well. */
  readonly trains: boolean;
  /** B, the images of one step. */
  readonly batchSize: number;
  /** Steps that run before the function returns. Default 3: the first fill memory pools and take up to 2.5 times as long. */
  readonly warmUp?: number;
}

/** The time of a step does not depend on it. */
const learningRate = Float32Array.of(9e-5);

/** Compiles a program, draws its weights and warms it up. */
export async function openStep(
  backend: Backend,
  { classifier, program, trains, batchSize: B, warmUp = 3 }: StepOptions,
): Promise<OpenStep> {
  const executable = await compileStep(backend, program);
  const initial = withStartingAverages(nn.initialWeights(classifier.parameters, 0));
  await executable.writeState(withFrozen(classifier, initial));
  const { images: noise, labels } = noiseOf(classifier.vit.config, B);
  const fed = { ...onesFor(program), labels, learningRate };
  let step = 0;
  const run = async (images = noise) => {
    step += 1;
    await executable.run(trains ? { ...fed, images, step: Float32Array.of(step) } : { images });
  };
  for (let i = 0; i < warmUp; i += 1) await run();
  return { run, dispose: () => executable.dispose() };
}

/** Ones for every input of floats: weights, and what regularisation adds. The time of a step does not depend on them. */
function onesFor({ inputs, microBatches }: Program): Feeds {
  const floats = inputs.filter(({ dtype }) => dtype === "float32").map(inputOf);
  return Object.fromEntries(
    floats.map(({ name, shape }) => {
      const size = sizeOf(shape) * (microBatches?.count ?? 1);
      return [name, new Float32Array(size).fill(1)];
    }),
  );
}

/** A batch of noise: bytes [B, S, S, 3] and labels [B]. */
export function noiseOf(
  { imageSize: S, classes: K }: Pick<deit.VitConfig, "imageSize" | "classes">,
  batchSize: number,
): { readonly images: Uint8Array; readonly labels: Int32Array } {
  const bytes = batchSize * S ** 2 * 3;
  return {
    images: Uint8Array.from({ length: bytes }, (_, i) => (i * 97) % 251),
    labels: Int32Array.from({ length: batchSize }, (_, i) => i % K),
  };
}

/** Runs `step` several times, one after another; the seconds of each. */
export async function timeSteps(
  step: () => Promise<unknown>,
  steps: number,
): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < steps; i += 1) {
    const start = performance.now();
    await step();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

/** The steps whose time counts. */
const timedSteps = 3;

/** The images per second of a configuration's training steps. */
export async function measureThroughput(
  backend: Backend,
  { model, training }: Pick<RunConfig, "model" | "training">,
): Promise<number> {
  const { batchSize } = training;
  const classifier = declareClassifier(model);
  const program = trainingProgram(classifier, {
    ...training,
    microBatches: microBatchCount(backend, model, training),
    precision: precisionOf({ training }),
  });
  const step = await openStep(backend, { classifier, program, trains: true, batchSize });
  try {
    const seconds = await timeSteps(() => step.run(), timedSteps);
    return (timedSteps * batchSize) / sum(seconds);
  } finally {
    await step.dispose();
  }
}
