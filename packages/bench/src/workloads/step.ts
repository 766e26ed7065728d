/** @file What is timed: a training step of DeiT, or the answers of MVT, on noise. */
import { nn } from "@mvt/core";
import type { AdamWOptions, Backend, deit, Program } from "@mvt/core";
import { declareGenerator, generatorConfig } from "@mvt/mgn";
import type { MgnFile } from "@mvt/mgn";
import {
  declareClassifier,
  evaluationProgram,
  trainingProgram,
  withFrozen,
} from "../training/programs.ts";
import { partsOf } from "../training/parts.ts";
import type { Classifier, Precision } from "../training/programs.ts";

/** Plain data, so that a process of its own can be asked for it. */
export interface Workload {
  /** Forward, backward and AdamW of a classifier; or one batch through generator and masked classifier. */
  readonly kind: "train" | "evaluate";
  readonly model: deit.VitConfig;
  readonly batchSize: number;
  readonly adamw?: AdamWOptions;
  /** Of a training: see `TrainingOptions`. */
  readonly recompute?: boolean;
  /** In how many parts; as a run trains if absent. */
  readonly accumulate?: number;
  /** Default: float32. */
  readonly precision?: Precision | undefined;
}

/** m of the generator that masks what is evaluated; no time depends on it. */
const m = 0.15;

/** Of AdamW; no time depends on it. */
export const learningRate = 9e-5;

/** A batch of noise: bytes [B, S, S, 3] and labels [B]. */
export function noiseOf({ model, batchSize: B }: Workload): {
  readonly images: Uint8Array;
  readonly labels: Int32Array;
} {
  const bytes = B * model.imageSize ** 2 * 3;
  return {
    images: Uint8Array.from({ length: bytes }, (_, i) => (i * 97) % 251),
    labels: Int32Array.from({ length: B }, (_, i) => i % model.classes),
  };
}

function classifierOf({ kind, model }: Workload): Classifier {
  return kind === "train"
    ? declareClassifier(model)
    : declareClassifier(model, { file: untrainedGenerator(model), form: { kind: "soft" } });
}

function untrainedGenerator(model: deit.VitConfig): MgnFile {
  const config = generatorConfig(model, m);
  const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
  const weights = nn.initialWeights(parameters, 0);
  const { polarity, space } = { polarity: "remove", space: "pixel" } as const;
  return { config, weights, dataset: "raf-db", polarity, space, provenance: {} };
}

/** The whole batch at once: what the floor is taken of. */
export function programOf(workload: Workload): Program {
  return stepOf(classifierOf(workload), workload, 1);
}

function stepOf(
  classifier: Classifier,
  { kind, batchSize, adamw = {}, recompute = false, precision = "float32" }: Workload,
  parts: number,
): Program {
  return kind === "train"
    ? trainingProgram(classifier, { batchSize, adamw, parts, recompute, precision })
    : evaluationProgram(classifier, batchSize, parts, precision);
}

export interface Step {
  /** One step, on `images` [B, S, S, 3] or on noise. */
  run(images?: Uint8Array): Promise<void>;
  dispose(): Promise<void>;
}

/** The first steps fill memory pools and take up to 2.5 times as long. */
export const usualWarmUp = 3;

/** Compiles a step, fills its weights and warms it up. */
export async function openStep(
  backend: Backend,
  workload: Workload,
  { warmUp = usualWarmUp }: { readonly warmUp?: number | undefined } = {},
): Promise<Step> {
  const { kind, model, batchSize: B, accumulate } = workload;
  const classifier = classifierOf(workload);
  const parts = partsOf(backend, model, { batchSize: B, accumulate });
  const executable = await backend.compile(stepOf(classifier, workload, parts));
  await executable.writeState(withFrozen(classifier, nn.initialWeights(classifier.parameters, 0)));
  const { images: noise, labels } = noiseOf(workload);
  const weights = new Float32Array(B).fill(1);
  const rate = Float32Array.of(learningRate);
  let step = 0;
  const run = async (images = noise) => {
    step += 1;
    await executable.run(
      kind === "train"
        ? { images, labels, weights, learningRate: rate, step: Float32Array.of(step) }
        : { images },
    );
  };
  for (let i = 0; i < warmUp; i += 1) await run();
  return { run, dispose: () => executable.dispose() };
}

/** The seconds that each of so many further runs of `step` takes. */
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
