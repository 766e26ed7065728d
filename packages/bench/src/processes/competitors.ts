/** @file Competitors that run in Node: a workload on an engine, the matrix products alone, the batch loader alone. */
import { fileURLToPath } from "node:url";
import type { EngineEntry, PlainTfjsEntry } from "../engines.ts";
import type { ImageSet } from "../workloads/image-sets.ts";
import type { Workload } from "../workloads/step.ts";
import type { Competitor } from "./competitor.ts";
import type { Task } from "./task.ts";

/** A workload on an engine of this project, on noise or on the images of a set. */
export function engineCompetitor(
  { id, title, engine, hardwareOnly, mostImages = Infinity, repetitions, warmUp }: EngineEntry,
  workload: Workload,
  { threads, images }: { readonly threads: number; readonly images?: ImageSet },
): Competitor {
  const batchSize = Math.min(workload.batchSize, mostImages);
  const command = commandOf({
    kind: "step",
    engine: { ...engine, threads },
    workload: { ...workload, batchSize },
    hardwareOnly,
    warmUp,
    images,
  });
  return { id, title, batchSize, command, repetitions };
}

/** The training step in TensorFlow.js without this project. */
export function plainTfjsCompetitor(
  { id, title, tfjs, mostImages = Infinity, repetitions, warmUp }: PlainTfjsEntry,
  workload: Workload,
  threads: number,
): Competitor {
  const batchSize = Math.min(workload.batchSize, mostImages);
  const command = commandOf({
    kind: "plain-tfjs",
    engine: { device: "cpu", tfjs, threads },
    workload: { ...workload, batchSize },
    warmUp,
  });
  return { id, title, batchSize, command, repetitions };
}

/** The matrix products of a workload and nothing else: no step can be faster with the same matrix library. */
export function productsCompetitor(workload: Workload, threads: number): Competitor {
  return {
    id: "floor", // as the CSV has always called it: a lower bound of the step's time
    title: "matrix products alone",
    batchSize: workload.batchSize,
    command: commandOf({ kind: "products", workload, threads }),
    repetitions: { steps: 1 }, // each is a median of several runs of every product already
  };
}

/** Augmented batches of a set, without any training. */
export function loaderCompetitor(
  names: Pick<Competitor, "id" | "title">,
  images: ImageSet,
  { batchSize, batches }: { readonly batchSize: number; readonly batches: number },
): Competitor {
  const command = commandOf({ kind: "batches", images, batchSize });
  return { ...names, batchSize, command, repetitions: { steps: batches } };
}

function commandOf(task: Task): Competitor["command"] {
  const program = fileURLToPath(new URL("child.ts", import.meta.url));
  return [process.execPath, program, JSON.stringify(task)];
}
