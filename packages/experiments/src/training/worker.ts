/**
 * @file A worker thread that trains one run. Several can train at once, and the main thread stays free to show
 * progress: the engine blocks the thread it runs in.
 */
import type { MessagePort } from "node:worker_threads";
import { UserError } from "@mvt/common";
import { decodeSafetensors } from "@mvt/core";
import { loadThreshold, thresholdFingerprint } from "@mvt/relabel";
import type { Threshold } from "@mvt/relabel";
import { withoutFold } from "../data/folds.ts";
import type { TrainingData } from "../data/prepared.ts";
import { openBackend } from "../engine/engine.ts";
import type { EngineSpec } from "../engine/engine.ts";
import { readPretrainedFile } from "../pretrained/weights-file.ts";
import type { CheckpointFile } from "../runs/checkpoint-files.ts";
import { requireHeld } from "../runs/lock.ts";
import { readMgn, readMgnFile } from "../runs/mgn-file.ts";
import type { Origin } from "../runs/origin.ts";
import type { PlannedRun } from "../runs/planned-run.ts";
import { startOf } from "../runs/result.ts";
import type { EpochMetrics, MgnMetrics } from "../runs/result.ts";
import { openRun } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { ClassifierConfig, PretrainedOptions, RelabelConfig } from "../settings/run-config.ts";
import type { CheckpointPolicy } from "./checkpoint-policy.ts";
import { trainClassifier } from "./classifier.ts";
import type { ClassifierTraining } from "./classifier.ts";
import type { TrainingFailure } from "./failed-runs.ts";
import { failureOf } from "./failure.ts";
import { handOver } from "./hand-over.ts";
import type { Branch } from "./hand-over.ts";
import { trainMgn } from "./mask-generator.ts";
import { dataOfRun } from "./run-labels.ts";
import { stopAsked, TrainingStopped } from "./stop.ts";
import type { StopFlag } from "./stop.ts";

/** A planned run as plain data. What cannot be sent to a thread, such as f, is named and loaded here. */
export interface TrainingTask extends Omit<PlannedRun, "data" | "after"> {
  readonly data: TrainingData;
  readonly runsFolder: string;
  /** The run's lock: its token, and a number that turns from 0 to 1 when it is lost. */
  readonly lock: { readonly token: string; readonly lost: Int32Array<SharedArrayBuffer> };
  readonly engine: EngineSpec;
  /** What trains, for the run's record. */
  readonly origin?: Origin;
  /** Threads that augment batches ahead; 0 for none. */
  readonly loaderThreads: number;
  /** Runs that go on from this one's checkpoints. */
  readonly branches?: readonly Branch[];
  readonly checkpoints?: CheckpointPolicy;
  /** Shared with the main thread, which sets it when the run is to stop. */
  readonly stop?: StopFlag;
  readonly events: MessagePort;
}

export type TrainingEvent =
  | { readonly kind: "step"; readonly epoch: number; readonly done: number; readonly total: number }
  | {
      readonly kind: "epoch";
      readonly metrics: EpochMetrics | MgnMetrics;
      readonly epochs: number;
    }
  /** Something that the user should know of the run. */
  | { readonly kind: "notice"; readonly notice: string }
  /** The branch has all that it gets of this run. */
  | { readonly kind: "branch"; readonly id: string };

/** A run that was asked to stop. */
export interface StoppedRun {
  /** Steps that its checkpoint holds; undefined if it did not begin. */
  readonly step: number | undefined;
}

/** How the training of a run ended, if not with its result. */
export type UnfinishedRun = TrainingFailure | StoppedRun;

/**
 * Trains the run, whose lock the main thread holds. Never throws: returns why the run failed, or where it stopped because
 * it was asked to.
 */
export default async function train(task: TrainingTask): Promise<UnfinishedRun | undefined> {
  try {
    if (stopAsked(task.stop) !== undefined) return { step: undefined };
    await trainRun(task);
    return undefined;
  } catch (error) {
    if (error instanceof TrainingStopped) return { step: error.step };
    // A run whose folder or lock is gone fails in many ways; this is the reason of all of them.
    return failureOf((await lossOf(task)) ?? error);
  } finally {
    task.events.close();
  }
}

/** Whether a branch gets the checkpoint after so many epochs. `over`: its trunk trains no more of them. */
function branchesOff(branch: Branch, epochs: number, over: boolean): boolean {
  return epochs === branch.epochs || (over && epochs < branch.epochs); // it stopped before they differ
}

async function trainRun(task: TrainingTask): Promise<void> {
  const { id, runsFolder, lock, events, config, branches = [] } = task;
  const post = (event: TrainingEvent) => events.postMessage(event);
  const run = openRun(runsFolder, id, () => requireHeld(runsFolder, id, lock.token));
  const backend = await openBackend(task.engine);
  const data = await dataOfRun(task.data, config, { ...task, backend });
  const context = {
    backend,
    run,
    origin: task.origin,
    loaderThreads: task.loaderThreads,
    onStep(epoch: number, done: number, total: number) {
      if (Atomics.load(lock.lost, 0) !== 0) throw new Error("the run's lock is lost");
      post({ kind: "step", epoch, done, total });
    },
    onEpoch: (metrics: EpochMetrics | MgnMetrics, epochs: number) =>
      post({ kind: "epoch", metrics, epochs }),
    onNotice: (notice: string) => post({ kind: "notice", notice }),
    checkpoints: task.checkpoints,
    stop: task.stop,
    needsCheckpoint: (epochs: number, over: boolean) =>
      branches.some((branch) => branchesOff(branch, epochs, over)),
    async onCheckpoint(epochs: number, over: boolean, file: CheckpointFile | undefined) {
      for (const branch of branches) {
        const off = branchesOff(branch, epochs, over);
        // Without a file it begins itself: the run went on from a checkpoint within the next epoch.
        if (off && file !== undefined) await handOver(run, file, branch, runsFolder);
        if (off || epochs >= branch.epochs) post({ kind: "branch", id: branch.id });
      }
    },
  };
  if (config.kind === "mgn") {
    const start = await weightsOfRun(config.start.run, runsFolder);
    await trainMgn({ ...task, data, config, start }, context);
  } else {
    const needs = await classifierNeeds(task, config, run);
    // Labels come first: folds are stratified by the labels that the run is given.
    const split = config.fold ? withoutFold(data, config.fold) : { data };
    await trainClassifier({ ...task, ...split, config, ...needs }, context);
  }
}

/** Why the run's lock is not held any more; undefined if it is. */
function lossOf({ id, runsFolder, lock }: TrainingTask): Promise<unknown> {
  return requireHeld(runsFolder, id, lock.token).then(
    () => undefined,
    (error: unknown) => (error instanceof UserError ? error : undefined),
  );
}

/** What a classifier's configuration names: function f, weights to start from, mask generator. */
async function classifierNeeds(
  { thresholdSpec, pretrainedFile, pretrainedAbout, mgnFile, runsFolder }: TrainingTask,
  { relabel, pretrained, mgn, data, model }: ClassifierConfig,
  run: RunFolder,
): Promise<Pick<ClassifierTraining, "threshold" | "pretrained" | "mgn">> {
  const start = async () => {
    if (pretrained === undefined) return undefined;
    return "run" in pretrained
      ? weightsOfRun(pretrained.run, runsFolder)
      : plannedFile(pretrainedFile!, pretrainedAbout, model, pretrained);
  };
  const generator = async () => {
    if (mgn === undefined) return undefined;
    if ("run" in mgn) return readMgn(openRun(runsFolder, mgn.run), data.dataset, model);
    const file = await plannedGenerator(mgnFile!, mgn.sha256, { data, model });
    // The run keeps a copy, because the classifier is useless without it.
    await run.write("mgn.safetensors", file.bytes);
    return file.file;
  };
  return {
    threshold: thresholdSpec === undefined ? undefined : await thresholdOf(thresholdSpec, relabel),
    pretrained: await start(),
    mgn: await generator(),
  };
}

async function thresholdOf(spec: string, relabel: RelabelConfig | undefined): Promise<Threshold> {
  const threshold = await loadThreshold(spec);
  if (thresholdFingerprint(threshold) !== relabel?.threshold.fingerprint) {
    throw new UserError(
      `--threshold ${spec}: expected the function that the run was planned with, found one with other values. Do not edit a plugin while it runs; repeat the command.`,
    );
  }
  return threshold;
}

async function plannedFile(
  path: string,
  about: string | undefined,
  model: ClassifierConfig["model"],
  { sha256, ...options }: { readonly sha256: string } & PretrainedOptions,
) {
  const file = await readPretrainedFile(path, model, options, about);
  if (file.sha256 === sha256) return file;
  throw new UserError(
    `--weights ${path}: expected the file that the run was planned with, found one with other content. Do not replace it while runs train; repeat the command.`,
  );
}

async function plannedGenerator(
  path: string,
  sha256: string,
  { data, model }: Pick<ClassifierConfig, "data" | "model">,
) {
  const named = await readMgnFile(path, data.dataset, model);
  if (named.sha256 === sha256) return named;
  throw new UserError(
    `--mgn ${path}: expected the file that the run was planned with, found another in its place. Do not replace it while it is used; repeat the command.`,
  );
}

/** The validation-best weights of a finished classifier, and the file that it started from itself, if any. */
async function weightsOfRun(id: string, runsFolder: string) {
  const run = openRun(runsFolder, id);
  const source = run.path("validation-best.safetensors");
  const bytes = (await run.read("validation-best.safetensors")) ?? new Uint8Array();
  const lineage = startOf(await run.result());
  return { weights: decodeSafetensors(bytes, source).weights, source, lineage };
}
