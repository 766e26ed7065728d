/**
 * @file A worker thread that trains one run, so that several train at once and the main thread stays
 * free to show progress: the engine blocks the thread it runs in.
 */
import { dirname } from "node:path";
import type { MessagePort } from "node:worker_threads";
import { decodeSafetensors, WeightsError } from "@mvt/core";
import { fingerprint, loadThreshold } from "@mvt/relabel";
import type { Threshold } from "@mvt/relabel";
import { isMendable } from "../errors.ts";
import type { ClassifierConfig, RelabelConfig, RunConfig } from "../config.ts";
import type { TrainingData } from "../data/prepared.ts";
import { openBackend } from "../engine.ts";
import type { EngineSpec } from "../engine.ts";
import { removeUnfinished } from "../runs/atomic-write.ts";
import { withLock } from "../runs/lock.ts";
import { openRun } from "../runs/store.ts";
import { UsageError } from "../usage-error.ts";
import { readPretrainedFile } from "./pretrained-file.ts";
import type { EpochMetrics, MgnMetrics } from "../runs/result.ts";
import { classifierLine, mgnLine } from "./epoch-line.ts";
import { readMgn, readMgnFile } from "./read-mgn.ts";
import { trainClassifier } from "./train-classifier.ts";
import type { Training } from "./train-classifier.ts";
import { trainMgn } from "./train-mgn.ts";

/** A run to train, as plain data: what cannot be sent is named and loaded here. */
export interface TrainingTask {
  readonly id: string;
  readonly title: string;
  readonly config: RunConfig;
  readonly data: TrainingData;
  /** The function f, as `--threshold` names it. */
  readonly thresholdSpec?: string;
  /** The path of the file to start from. */
  readonly pretrainedFile?: string;
  /** The path of the mask generator that config.mgn names by its SHA-256. */
  readonly mgnFile?: string;
  readonly runsFolder: string;
  readonly engine: EngineSpec;
  /** Threads that augment batches ahead; 0 for none. */
  readonly loaderThreads: number;
  readonly events: MessagePort;
}

export type TrainingEvent =
  | { readonly kind: "step"; readonly epoch: number; readonly done: number; readonly total: number }
  | { readonly kind: "epoch"; readonly line: string };

/** Trains the run unless it is finished. Returns the message of an error that the user can mend. */
export default async function train(task: TrainingTask): Promise<string | undefined> {
  const { id, runsFolder, events } = task;
  const post = (event: TrainingEvent) => events.postMessage(event);
  try {
    await withLock(runsFolder, id, async () => {
      const run = openRun(runsFolder, id);
      // Another process may have finished it meanwhile.
      if ((await run.result()) !== undefined) return;
      await removeUnfinished(dirname(run.path("result.json")));
      const context = {
        backend: await openBackend(task.engine),
        run,
        loaderThreads: task.loaderThreads,
        onStep: (epoch: number, done: number, total: number) =>
          post({ kind: "step", epoch, done, total }),
      };
      const tell = (line: string) => post({ kind: "epoch", line });
      const { config } = task;
      if (config.kind === "mgn") {
        const start = await weightsOfRun(config.start.run, runsFolder);
        const onEpoch = (metrics: MgnMetrics, epochs: number) => tell(mgnLine(metrics, epochs));
        await trainMgn({ ...task, config, start }, { ...context, onEpoch });
      } else {
        const training = { ...task, config, ...(await classifierNeeds(task, config)) };
        const onEpoch = (metrics: EpochMetrics, epochs: number) =>
          tell(classifierLine(metrics, epochs));
        await trainClassifier(training, { ...context, onEpoch });
      }
    });
    return undefined;
  } catch (error) {
    // A thrown error would lose its class on the way to the main thread.
    if (error instanceof WeightsError) {
      return `${error.finding}. Remove the folder of that run to train it again.`;
    }
    if (isMendable(error)) return error.message;
    throw error;
  } finally {
    events.close();
  }
}

/** What a classifier's configuration names: function f, weights to start from, mask generator. */
async function classifierNeeds(
  { id, thresholdSpec, pretrainedFile, mgnFile, runsFolder }: TrainingTask,
  { relabel, pretrained, mgn, data, model }: ClassifierConfig,
): Promise<Pick<Training, "threshold" | "pretrained" | "mgn">> {
  return {
    ...(thresholdSpec === undefined
      ? {}
      : { threshold: await thresholdOf(thresholdSpec, relabel) }),
    ...(pretrainedFile === undefined
      ? {}
      : { pretrained: await plannedFile(pretrainedFile, model, pretrained) }),
    ...(pretrained && "run" in pretrained
      ? { pretrained: await weightsOfRun(pretrained.run, runsFolder) }
      : {}),
    ...(mgn && "run" in mgn
      ? { mgn: await readMgn(openRun(runsFolder, mgn.run), data.dataset, model) }
      : {}),
    ...(mgn && "sha256" in mgn
      ? { mgn: await generatorOf(mgnFile!, mgn.sha256, { id, runsFolder, data, model }) }
      : {}),
  };
}

async function thresholdOf(spec: string, relabel: RelabelConfig | undefined): Promise<Threshold> {
  const threshold = await loadThreshold(spec);
  if (fingerprint(threshold) !== relabel?.threshold.fingerprint) {
    throw new UsageError(
      `--threshold ${spec}: expected the function that the run was planned with, found one with other values. Do not edit a plugin while it runs; repeat the command.`,
    );
  }
  return threshold;
}

async function plannedFile(
  path: string,
  model: ClassifierConfig["model"],
  planned: ClassifierConfig["pretrained"],
) {
  const file = await readPretrainedFile(path, model);
  if (planned !== undefined && "sha256" in planned && planned.sha256 === file.sha256) return file;
  throw new UsageError(
    `--weights ${path}: expected the file that the run was planned with, found one with other content. Do not replace it while runs train; repeat the command.`,
  );
}

/** The generator of --mgn, of which the run's folder gets a copy: the classifier is nothing without it. */
async function generatorOf(
  path: string,
  sha256: string,
  {
    id,
    runsFolder,
    data,
    model,
  }: Pick<TrainingTask, "id" | "runsFolder"> & Pick<ClassifierConfig, "data" | "model">,
) {
  const named = await readMgnFile(path, data.dataset, model);
  if (named.sha256 !== sha256) {
    throw new UsageError(
      `--mgn ${path}: expected the file that the run was planned with, found another in its place. Leave it alone while it is used; repeat the command.`,
    );
  }
  await openRun(runsFolder, id).write("mgn.safetensors", named.bytes);
  return named.file;
}

/** The weights of a finished classifier, those chosen on its validation subset. */
async function weightsOfRun(id: string, runsFolder: string) {
  const run = openRun(runsFolder, id);
  const source = run.path("validation-best.safetensors");
  const bytes = (await run.read("validation-best.safetensors")) ?? new Uint8Array();
  return { weights: decodeSafetensors(bytes, source).weights, source };
}
