/** @file What a competitor that runs in Node can be told to do. */
import { UserError } from "@mvt/common";
import { findAdapter, nn } from "@mvt/core";
import { createBatchLoader } from "@mvt/datasets";
import {
  backendOfEngine,
  declareClassifier,
  noiseOf,
  openBackend,
  openTfjsLibrary,
  timeSteps,
} from "@mvt/experiments";
import type { EngineSpec } from "@mvt/experiments";
import { peakMemory } from "../machine.ts";
import { endlessBatches, openImageSet, timeBatches } from "../workloads/image-sets.ts";
import type { ImageSet } from "../workloads/image-sets.ts";
import { productTimer, totalSeconds } from "../workloads/matrix-products.ts";
import { createPlainTfjsTraining } from "../workloads/plain-tfjs-training.ts";
import { openWorkload, programOf } from "../workloads/step.ts";
import type { Workload } from "../workloads/step.ts";
import type { Ready, Timed } from "./protocol.ts";

/** Plain data, which is the argument of the process. */
export type Task = StepTask | PlainTfjsTask | ProductsTask | BatchesTask;

/** A workload on an engine of this project. */
interface StepTask {
  readonly kind: "step";
  readonly engine: EngineSpec;
  readonly workload: Workload;
  /** Refuse a WebGPU driver that computes on the CPU. */
  readonly hardwareOnly?: boolean;
  /** Steps before the first that counts. Default 3. */
  readonly warmUp?: number;
  /** The batches of a set, loaded as a training loads them; one batch of noise if absent. */
  readonly images?: ImageSet;
}

/** The training step in TensorFlow.js without this project. */
interface PlainTfjsTask {
  readonly kind: "plain-tfjs";
  readonly engine: Omit<EngineSpec, "backend">;
  readonly workload: Workload;
  /** Steps before the first that counts. Default 3. */
  readonly warmUp?: number;
}

/** The matrix products of a workload. */
interface ProductsTask {
  readonly kind: "products";
  readonly workload: Workload;
  readonly threads: number;
}

/** The batches of a set. A step is one batch. */
interface BatchesTask {
  readonly kind: "batches";
  readonly images: ImageSet;
  readonly batchSize: number;
}

export interface OpenTask {
  readonly ready: Ready;
  /** Runs and times so many steps. */
  time(steps: number): Promise<Timed>;
}

/** Loads, compiles and warms up. What this opens stays open until the process ends. */
export async function openTask(task: Task): Promise<OpenTask> {
  switch (task.kind) {
    case "step":
      return openSteps(task);
    case "plain-tfjs":
      return openPlainTfjs(task);
    case "products":
      return openProducts(task);
    case "batches":
      return openBatches(task);
  }
}

async function openSteps({
  engine,
  workload,
  hardwareOnly = false,
  warmUp,
  images,
}: StepTask): Promise<OpenTask> {
  if (hardwareOnly) await requireHardware();
  const backend = await openBackend(engine);
  const set = images && (await openImageSet(images));
  const step = await openWorkload(backend, workload, warmUp);
  const run = set ? onBatchesOf(set) : () => step.run();
  return {
    ready: {
      ready: `${backend.name}, ${backend.device}`,
      notes: backendOfEngine(backend) === "tfjs" ? [tfjsNote] : [],
    },
    time: async (steps) => ({ seconds: await timeSteps(run, steps), peak: peakMemory() }),
  };

  /** Waits for a batch and takes a step on it, as a training does. */
  function onBatchesOf(opened: Parameters<typeof createBatchLoader>[0]) {
    const loader = createBatchLoader(opened, { batchSize: workload.batchSize });
    const batches = endlessBatches(loader, opened.count);
    return async () => {
      const { value } = await batches.next();
      await step.run(value.images);
    };
  }
}

async function requireHardware(): Promise<void> {
  const { name, hardware } = await findAdapter();
  if (hardware || name === undefined) return; // without a name it may be either
  throw new UserError(`${name} computes on the CPU`, {
    advice: "`--only onnx-webgpu` or `--device webgpu` times it all the same.",
  });
}

const tfjsNote =
  "TensorFlow.js computes single operators. This project computes gradients and AdamW, and decides when a value is freed.";

const plainTfjsNote =
  "starts from bytes and is written as users of TensorFlow.js write it, with tf.variableGrads, tf.train.adam and tf.tidy; all rows in every block. TensorFlow.js has no AdamW: an assignment to each matrix does the weight decay.";

async function openPlainTfjs({
  engine,
  workload: { model, batchSize },
  warmUp = 3,
}: PlainTfjsTask): Promise<OpenTask> {
  const { tf, name, device } = await openTfjsLibrary(engine);
  const { parameters } = declareClassifier(model);
  const weights = nn.initialWeights(parameters, 0);
  const training = createPlainTfjsTraining(tf, model, { parameters, weights, learningRate: 9e-5 });
  const { images, labels } = noiseOf(model, batchSize);
  const run = async () => training.step(images, labels);
  await timeSteps(run, warmUp);
  return {
    ready: { ready: `${name}, ${device}`, notes: [plainTfjsNote] },
    time: async (steps) => ({ seconds: await timeSteps(run, steps), peak: peakMemory() }),
  };
}

function openProducts({ workload, threads }: ProductsTask): OpenTask {
  const timer = productTimer(programOf(workload), threads);
  return {
    ready: { ready: "", notes: [] },
    async time() {
      const products = await timer.time();
      return { seconds: [totalSeconds(products)], products };
    },
  };
}

async function openBatches({ images, batchSize }: BatchesTask): Promise<OpenTask> {
  const start = performance.now();
  const opened = await openImageSet(images);
  const rate = images.count / ((performance.now() - start) / 1000);
  const decoded = `decoded at ${rate.toFixed(0)} images/s before`;
  let epoch = 0;
  return {
    ready: { ready: "", notes: images.storage === "memory" ? [decoded] : [] },
    async time(batches) {
      epoch += 1;
      const seconds = await timeBatches(opened, { batchSize, batches, epoch });
      return { seconds: [seconds], peak: peakMemory() };
    },
  };
}
