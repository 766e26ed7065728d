/**
 * @file A worker thread that trains one run, so that several train at once and the main thread stays
 * free to show progress: the engine blocks the thread it runs in.
 */
import type { MessagePort } from "node:worker_threads";
import { decodeSafetensors, onnxBackend } from "@mvt/core";
import { fingerprint, loadThreshold } from "@mvt/relabel";
import { isMendable } from "../errors.ts";
import type { RunConfig } from "../config.ts";
import type { TrainingData } from "../data/prepared.ts";
import { withLock } from "../runs/lock.ts";
import type { EpochMetrics } from "../runs/result.ts";
import { openRun } from "../runs/store.ts";
import { UsageError } from "../usage-error.ts";
import { readPretrainedFile } from "./pretrained-file.ts";
import { trainClassifier } from "./train-classifier.ts";

/** A run to train, as plain data: what cannot be sent is named and loaded here. */
export interface TrainingTask {
  readonly id: string;
  readonly title: string;
  readonly config: RunConfig;
  readonly data: TrainingData;
  /** The function f, as `--threshold` names it. */
  readonly thresholdSpec?: string;
  /** The id of a finished run, or the path of a file, to start from. */
  readonly pretrainedRun?: string;
  readonly pretrainedFile?: string;
  readonly runsFolder: string;
  /** Threads of the engine. */
  readonly threads: number;
  /** Threads that augment batches ahead; 0 for none. */
  readonly loaderThreads: number;
  readonly events: MessagePort;
}

export type TrainingEvent =
  | { readonly kind: "step"; readonly epoch: number; readonly done: number; readonly total: number }
  | { readonly kind: "epoch"; readonly metrics: EpochMetrics; readonly epochs: number };

/** Trains the run unless it is finished. Returns the message of an error that the user can mend. */
export default async function train(task: TrainingTask): Promise<string | undefined> {
  const { id, runsFolder, events } = task;
  const post = (event: TrainingEvent) => events.postMessage(event);
  try {
    await withLock(runsFolder, id, async () => {
      const run = openRun(runsFolder, id);
      // Another process may have finished it meanwhile.
      if ((await run.result()) !== undefined) return;
      const threshold = await thresholdOf(task);
      const pretrained = await pretrainedOf(task);
      await trainClassifier(
        { ...task, ...(threshold ? { threshold } : {}), ...(pretrained ? { pretrained } : {}) },
        {
          backend: await onnxBackend({ threads: task.threads }),
          run,
          loaderThreads: task.loaderThreads,
          onStep: (epoch, done, total) => post({ kind: "step", epoch, done, total }),
          onEpoch: (metrics, epochs) => post({ kind: "epoch", metrics, epochs }),
        },
      );
    });
    return undefined;
  } catch (error) {
    // A thrown error would lose its class on the way to the main thread.
    if (isMendable(error)) return error.message;
    throw error;
  } finally {
    events.close();
  }
}

async function thresholdOf({ thresholdSpec, config }: TrainingTask) {
  if (thresholdSpec === undefined) return undefined;
  const threshold = await loadThreshold(thresholdSpec);
  if (fingerprint(threshold) !== config.relabel?.threshold.fingerprint) {
    throw new UsageError(
      `--threshold ${thresholdSpec}: expected the function that the run was planned with, found one with other values. Do not edit a plugin while it runs; repeat the command.`,
    );
  }
  return threshold;
}

async function pretrainedOf({ pretrainedRun, pretrainedFile, runsFolder }: TrainingTask) {
  if (pretrainedFile !== undefined) return readPretrainedFile(pretrainedFile);
  if (pretrainedRun === undefined) return undefined;
  const run = openRun(runsFolder, pretrainedRun);
  const source = run.path("validation-best.safetensors");
  const bytes = (await run.read("validation-best.safetensors")) ?? new Uint8Array();
  return { weights: decodeSafetensors(bytes, source).weights, source };
}
