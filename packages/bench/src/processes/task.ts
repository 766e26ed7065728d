/** @file What a process of the benchmark does: steps on an engine or in TensorFlow.js alone, a floor, batches. */
import { findAdapter, nn } from "@mvt/core";
import { createBatchLoader } from "@mvt/datasets";
import { backendOfEngine, openBackend } from "../engine.ts";
import type { EngineSpec } from "../engine.ts";
import { openTfjsLibrary } from "../tfjs-engine.ts";
import { UsageError } from "../usage-error.ts";
import { declareClassifier } from "../training/programs.ts";
import { floorOf, secondsOf } from "./floor.ts";
import { peakMemory } from "./peak-memory.ts";
import { endlessBatches, openPictures, timeBatches } from "./pictures.ts";
import type { Pictures } from "./pictures.ts";
import { createPlainTfjsTraining } from "./plain-tfjs-training.ts";
import type { Ready, Timed } from "./protocol.ts";
import { learningRate, noiseOf, openStep, programOf, timeSteps, usualWarmUp } from "./workload.ts";
import type { Workload } from "./workload.ts";

export type Task =
  | {
      readonly kind: "step";
      readonly engine: EngineSpec;
      readonly workload: Workload;
      /** Refuse a WebGPU driver that computes on the CPU. */
      readonly hardwareOnly?: boolean;
      /** Steps before the first that counts; three by default. */
      readonly warmUp?: number;
      /** What the steps are fed with, through the batch loader of a training; one batch of noise if absent. */
      readonly pictures?: Pictures;
    }
  | {
      readonly kind: "plain-tfjs";
      readonly engine: Omit<EngineSpec, "backend">;
      readonly workload: Workload;
      /** Steps before the first that counts; three by default. */
      readonly warmUp?: number;
    }
  | { readonly kind: "floor"; readonly workload: Workload; readonly threads: number }
  | { readonly kind: "batches"; readonly pictures: Pictures; readonly batchSize: number };

export interface OpenTask {
  readonly ready: Ready;
  time(steps: number): Promise<Timed>;
}

/** Loads, compiles and warms up; what it opened stays until the process ends. */
export async function openTask(task: Task): Promise<OpenTask> {
  switch (task.kind) {
    case "step":
      return openSteps(task);
    case "plain-tfjs":
      return openPlainTfjs(task);
    case "floor": {
      const floor = floorOf(programOf(task.workload), task.threads);
      return {
        ready: { ready: "", notes: [] },
        async time() {
          const products = await floor.time();
          return { seconds: [secondsOf(products)], products };
        },
      };
    }
    case "batches":
      return openBatches(task);
  }
}

async function openSteps({
  engine,
  workload,
  hardwareOnly = false,
  warmUp,
  pictures,
}: Extract<Task, { kind: "step" }>): Promise<OpenTask> {
  if (hardwareOnly) await requireHardware();
  const backend = await openBackend(engine);
  const images = pictures && (await openPictures(pictures));
  const step = await openStep(backend, workload, { warmUp });
  const run = images ? fed(images) : () => step.run();
  return {
    ready: {
      ready: `${backend.name}, ${backend.device}`,
      notes: backendOfEngine(backend) === "tfjs" ? [interpreted] : [],
    },
    time: async (steps) => ({ seconds: await timeSteps(run, steps), peak: peakMemory() }),
  };

  /** Waits for a batch and takes a step on it, as a training does. */
  function fed(from: Parameters<typeof createBatchLoader>[0]) {
    const loader = createBatchLoader(from, { batchSize: workload.batchSize });
    const batches = endlessBatches(loader, from.count);
    return async () => {
      const { value } = await batches.next();
      await step.run(value.images);
    };
  }
}

async function requireHardware(): Promise<void> {
  const { name, hardware } = await findAdapter();
  if (hardware || name === undefined) return; // without a name it may be either
  throw new UsageError(
    `${name} computes on the CPU. \`--only onnx-webgpu\` or \`--device webgpu\` times it all the same.`,
  );
}

/** What of a step on TensorFlow.js is this project's. */
const interpreted =
  "TensorFlow.js computes single operators; gradients, AdamW and which values are let go when are this project's.";

/** What is TensorFlow.js's own, and what it has not. */
const plain =
  "from bytes, written as its users do, with tf.variableGrads, tf.train.adam and tf.tidy; all rows in every block. Weight decay is an assignment to each matrix, for want of AdamW.";

async function openPlainTfjs({
  engine,
  workload,
  warmUp = usualWarmUp,
}: Extract<Task, { kind: "plain-tfjs" }>): Promise<OpenTask> {
  const { tf, name, device } = await openTfjsLibrary(engine);
  const { model, adamw = {} } = workload;
  const { parameters } = declareClassifier(model);
  const weights = nn.initialWeights(parameters, 0);
  const options = { parameters, weights, learningRate, adamw };
  const training = createPlainTfjsTraining(tf, model, options);
  const { images, labels } = noiseOf(workload);
  const run = async () => training.step(images, labels);
  await timeSteps(run, warmUp);
  return {
    ready: { ready: `${name}, ${device}`, notes: [plain] },
    time: async (steps) => ({ seconds: await timeSteps(run, steps), peak: peakMemory() }),
  };
}

async function openBatches({
  pictures,
  batchSize,
}: Extract<Task, { kind: "batches" }>): Promise<OpenTask> {
  const start = performance.now();
  const images = await openPictures(pictures);
  const rate = pictures.count / ((performance.now() - start) / 1000);
  const decoded = `decoded at ${rate.toFixed(0)} pictures a second before`;
  let epoch = 0;
  return {
    ready: { ready: "", notes: pictures.storage === "memory" ? [decoded] : [] },
    async time(batches) {
      epoch += 1;
      const seconds = await timeBatches(images, { batchSize, batches, epoch });
      return { seconds: [seconds], peak: peakMemory() };
    },
  };
}
