/** @file What a process of the benchmark does: steps on an engine, a floor, or batches of pictures. */
import { createBatchLoader } from "@mvt/datasets";
import { openBackend } from "../engine.ts";
import type { EngineSpec } from "../engine.ts";
import { floorOf, secondsOf } from "./floor.ts";
import { peakMemory } from "./peak-memory.ts";
import { endlessBatches, openPictures, timeBatches } from "./pictures.ts";
import type { Pictures } from "./pictures.ts";
import type { Ready, Timed } from "./protocol.ts";
import { openStep, programOf, timeSteps } from "./workload.ts";
import type { Workload } from "./workload.ts";

export type Task =
  | {
      readonly kind: "step";
      readonly engine: EngineSpec;
      readonly workload: Workload;
      /** Steps before the first that counts; three by default. */
      readonly warmUp?: number;
      /** What the steps are fed with, through the batch loader of a training; one batch of noise if absent. */
      readonly pictures?: Pictures;
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
  warmUp,
  pictures,
}: Extract<Task, { kind: "step" }>): Promise<OpenTask> {
  const backend = await openBackend(engine);
  const images = pictures && (await openPictures(pictures));
  const step = await openStep(backend, workload, { warmUp });
  const run = images ? fed(images) : () => step.run();
  return {
    ready: { ready: `${backend.name}, ${backend.device}`, notes: [] },
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
