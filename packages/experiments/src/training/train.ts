/** @file Training one run in this thread, for programs of one's own: no plan, no command, no worker threads. */
import { onnxBackend } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { withLock } from "../runs/lock.ts";
import type { ClassifierResult, EpochMetrics, MgnMetrics, MgnResult } from "../runs/result.ts";
import { openRun } from "../runs/run-folder.ts";
import { runId } from "../settings/run-config.ts";
import type { CheckpointPolicy } from "./checkpoint-policy.ts";
import { trainClassifier } from "./classifier.ts";
import type { ClassifierTraining } from "./classifier.ts";
import type { TrainingContext } from "./epoch-loop.ts";
import { trainMgn } from "./mask-generator.ts";
import type { MgnTraining } from "./mask-generator.ts";
import { requirePrecision } from "./programs.ts";

export interface TrainOptions<Metrics> {
  /** The run gets a folder of its own in it, named by its id. */
  readonly runsFolder: string;
  /** Default: ONNX Runtime on the CPU. */
  readonly backend?: Backend;
  /** Default: one at the end of every epoch. */
  readonly checkpoints?: CheckpointPolicy;
  /** Threads that read and augment batches ahead. Default 0: this thread does. */
  readonly loaderThreads?: number;
  /** Called after every epoch, with the number of epochs there will be. */
  readonly onEpoch?: (metrics: Metrics, epochs: number) => void;
  /** Called with something that the user should know, such as a checkpoint that is damaged. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Trains a classifier or a mask generator, goes on with one that was interrupted, or returns the result of one that is
 * finished. Its folder then holds its weights, predictions and metrics. It blocks this thread while a step computes.
 *
 * @throws UserError if somebody else trains the same run, if its files are damaged, or if the loss is no number.
 */
export async function train(
  training: ClassifierTraining,
  options: TrainOptions<EpochMetrics>,
): Promise<ClassifierResult>;
export async function train(
  training: MgnTraining,
  options: TrainOptions<MgnMetrics>,
): Promise<MgnResult>;
export async function train(
  training: ClassifierTraining | MgnTraining,
  options: TrainOptions<never>,
): Promise<ClassifierResult | MgnResult> {
  const { runsFolder, loaderThreads = 0 } = options;
  const { config } = training;
  const id = runId(config);
  const backend = options.backend ?? (await onnxBackend());
  await requirePrecision(backend, [config]);
  return withLock(runsFolder, id, async (lock) => {
    const run = openRun(runsFolder, id, lock.require);
    const finished = await run.result();
    if (finished !== undefined) return finished;
    const context = { ...options, backend, run, loaderThreads };
    return isClassifier(training)
      ? trainClassifier(training, context as TrainingContext<EpochMetrics>)
      : trainMgn(training, context as TrainingContext<MgnMetrics>);
  });
}

function isClassifier(training: ClassifierTraining | MgnTraining): training is ClassifierTraining {
  return training.config.kind === "classifier";
}
