/**
 * @file The epoch loop that classifiers and mask generators share: resuming, epochs, checkpoints, the metrics after each
 * epoch, and stopping when asked.
 *
 * An interrupted run goes on from its checkpoint to the same result, bit for bit: every random choice is a function of
 * seed, epoch, step and sample, and the checkpoint holds all that steps carry over.
 */
import { UserError } from "@mvt/common";
import type { Backend, Weights } from "@mvt/core";
import type { HistoryArray } from "@mvt/relabel";
import type { CheckpointFile } from "../runs/checkpoint-files.ts";
import { noteOrigin } from "../runs/origin.ts";
import type { Origin } from "../runs/origin.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { Checkpoint, PartialEpoch } from "./checkpoint.ts";
import { everyEpoch } from "./checkpoint-policy.ts";
import type { CheckpointPolicy } from "./checkpoint-policy.ts";
import { checkpointWriter } from "./checkpoint-writer.ts";
import { openCheckpoint } from "./open-checkpoint.ts";
import type { ExpectedCheckpoint } from "./open-checkpoint.ts";
import { stopAsked, TrainingStopped } from "./stop.ts";
import type { StopFlag } from "./stop.ts";

/** What training needs besides its configuration and data. `Metrics` is what an epoch yields. */
export interface TrainingContext<Metrics> {
  readonly backend: Backend;
  readonly run: RunFolder;
  /** What trains, for the run's record; a run without it records none. */
  readonly origin?: Origin;
  /** Threads that augment batches ahead. */
  readonly loaderThreads: number;
  /** Default: one at the end of every epoch. */
  readonly checkpoints?: CheckpointPolicy;
  /** Once it is set, the run finishes its step, writes a checkpoint and throws TrainingStopped. */
  readonly stop?: StopFlag;
  readonly onEpoch?: (metrics: Metrics, epochs: number) => void;
  /** Images of the epoch done so far. */
  readonly onStep?: (epoch: number, done: number, total: number) => void;
  /** Something that the user should know, such as a checkpoint that is damaged. */
  readonly onNotice?: (notice: string) => void;
  /** Whether another run needs the checkpoint after so many epochs. `over`: the run trains no more of them. */
  readonly needsCheckpoint?: (epochs: number, over: boolean) => boolean;
  /**
   * The run has trained so many epochs. `checkpoint` is on the disk and holds all that a run needs to go on after just
   * these; undefined if there is no such file.
   */
  readonly onCheckpoint?: (
    epochs: number,
    over: boolean,
    checkpoint: CheckpointFile | undefined,
  ) => Promise<void>;
}

/** An epoch that has been trained and evaluated. */
export interface TrainedEpoch<Metrics> {
  /** Optimiser steps taken in it. */
  readonly steps: number;
  readonly metrics: Metrics;
  /** All state after it: parameters and optimiser moments. A copy, which no step changes. */
  readonly state: Weights;
}

/** Where an epoch begins, or goes on. */
export interface EpochStart<Metrics> {
  /** The epochs before it. */
  readonly earlier: readonly Metrics[];
  /** Steps taken before it. */
  readonly stepsBefore: number;
  /** What is done of it already. */
  readonly partial?: PartialEpoch;
}

/** What an epoch that trains calls, so that it can be interrupted. */
export interface Interruptions {
  /**
   * After every step whose results are taken: writes a checkpoint if one is due, and ends the epoch with
   * TrainingStopped if the run is to stop.
   */
  readonly afterStep: (partial: PartialEpoch) => Promise<void>;
  /** Between other pieces of work, such as the batches of an evaluation. They are done again when the run goes on. */
  readonly pause: () => Promise<void>;
}

/** A network in training: what a classifier and a mask generator do differently. */
export interface Trainee<Metrics> extends ExpectedCheckpoint<Metrics> {
  /** Epochs to train. */
  readonly epochs: number;
  /** Sets all state: from the checkpoint in file `source`, or as it is before the first epoch. */
  start(checkpoint: Checkpoint<Metrics> | undefined, source: string): Promise<void>;
  /** A copy of all state as it is. */
  readState(): Promise<Weights>;
  /** Trains and evaluates one epoch, or what is left of it. */
  trainEpoch(
    start: EpochStart<Metrics>,
    interruptions: Interruptions,
  ): Promise<TrainedEpoch<Metrics>>;
  /** Why training ends early, after epochs with these metrics, in words; undefined if it goes on. */
  endsEarly?(metrics: readonly Metrics[]): string | undefined;
  /** The label ledger as JSON lines, if the run relabels. */
  ledger?(): string | undefined;
  /** The arrays of the training history, of a classifier. They are copied here. */
  history?(): ReadonlyMap<string, HistoryArray>;
  /** The weights of the best epoch so far, of a classifier. They are replaced, never changed. */
  best?(): Weights | undefined;
}

/** Of a run whose epochs are trained. */
export interface TrainedEpochs<Metrics> {
  /** A line per epoch. */
  readonly metrics: readonly Metrics[];
  /** Throws TrainingStopped if the run is to stop: its last checkpoint holds all epochs. */
  readonly pause: () => Promise<void>;
}

/** Trains all epochs, or those that are left. When it returns, nothing more is being written. */
export async function trainEpochs<Metrics>(
  trainee: Trainee<Metrics>,
  context: Omit<TrainingContext<Metrics>, "backend" | "loaderThreads">,
): Promise<TrainedEpochs<Metrics>> {
  const { run, stop, checkpoints = everyEpoch, onEpoch, onNotice, onCheckpoint } = context;
  const opened = await openCheckpoint(run, trainee, onNotice);
  const checkpoint = opened?.checkpoint;
  const metrics = [...(checkpoint?.metrics ?? [])];
  /** What is done of the epoch after these. */
  let partial = checkpoint?.partial;
  /** Steps of the finished epochs. */
  let stepsBefore = (checkpoint?.step ?? 0) - (partial?.steps ?? 0);
  const reached = () => stepsBefore + (partial?.steps ?? 0);
  const writer = checkpointWriter(run, checkpoints, reached());
  /** Whether the state is as in a checkpoint that was written. */
  let kept = opened !== undefined;

  const keep = async (state: Weights) => {
    const where = partial === undefined ? metrics.length : metrics.length + 1;
    requireFiniteState(state, `run ${run.id}, epoch ${where}`);
    kept = true;
    return writer.write({
      state,
      step: reached(),
      metrics,
      partial,
      ledger: trainee.ledger?.(),
      best: trainee.best?.(),
      history: copyOf(trainee.history?.()),
    });
  };
  const pause = async () => {
    const signal = stopAsked(stop);
    if (signal === undefined) return;
    if (!kept && reached() > 0) await keep(await trainee.readState());
    await writer.settle();
    throw new TrainingStopped(signal, reached());
  };
  const interruptions: Interruptions = {
    async afterStep(now) {
      partial = now;
      kept = false;
      if (writer.due(reached())) await keep(await trainee.readState());
      await pause();
    },
    pause,
  };
  const isOver = () =>
    metrics.length >= trainee.epochs || trainee.endsEarly?.(metrics) !== undefined;
  const writeLines = async () => {
    await run.write("metrics.jsonl", metrics.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const ledger = trainee.ledger?.();
    if (ledger !== undefined) await run.write("labels.jsonl", ledger);
  };
  /** After an epoch: a checkpoint that is on the disk, if somebody needs it; else one that is being written, if it is time. */
  const keepEpoch = async (state: Weights) => {
    const over = isOver();
    const needed = over || (context.needsCheckpoint?.(metrics.length, over) ?? false);
    if (!needed && !writer.dueAtEpoch()) {
      requireFiniteState(state, `run ${run.id}, epoch ${metrics.length}`);
      return undefined;
    }
    const file = await keep(state);
    if (!needed) return undefined;
    await writer.settle();
    return file;
  };

  if (context.origin) await noteOrigin(run, context.origin, opened !== undefined);
  await run.remove("manifest.json"); // of a run that was stopped before its result was written
  await trainee.start(checkpoint, opened === undefined ? "" : run.path(opened.file));
  if (opened) {
    await writeLines(); // the run may have stopped between its checkpoint and these files
    await onCheckpoint?.(metrics.length, isOver(), partial === undefined ? opened.file : undefined);
  }
  try {
    while (!isOver()) {
      const start = { earlier: metrics, stepsBefore, partial };
      const trained = await trainee.trainEpoch(start, interruptions);
      stepsBefore += trained.steps;
      partial = undefined;
      kept = false;
      metrics.push(trained.metrics);
      const file = await keepEpoch(trained.state);
      await writeLines();
      await onCheckpoint?.(metrics.length, isOver(), file);
      onEpoch?.(trained.metrics, trainee.epochs);
      const ending = trainee.endsEarly?.(metrics);
      if (ending !== undefined) onNotice?.(ending);
      await pause();
    }
    await writer.settle();
  } finally {
    await writer.settle().catch(() => {}); // nothing is written any more when another error is thrown
  }
  return { metrics, pause };
}

/** The same values in memory of their own: a checkpoint is written while they go on changing. */
function copyOf(
  arrays: ReadonlyMap<string, HistoryArray> | undefined,
): ReadonlyMap<string, HistoryArray> | undefined {
  return (
    arrays &&
    new Map([...arrays].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]))
  );
}

/** Throws unless every weight and moment is a finite number: no loss tells if the last step of an epoch diverges. */
function requireFiniteState(state: Weights, at: string): void {
  for (const [name, { data }] of state) {
    if (allFinite(data)) continue;
    const bad = data.find((value) => !Number.isFinite(value))!;
    throw new UserError(`${at}: expected finite weights, got ${bad} in ${name}`, {
      advice:
        "Lower the learning rate with --set schedule.learningRate=..., or clip gradients with --set adamw.clipNorm=1.",
    });
  }
}

/** Whether all values are finite: the difference of any other to itself is NaN. Faster than asking of each. */
function allFinite(data: Float32Array): boolean {
  let zero = 0;
  for (let i = 0; i < data.length; i += 1) zero += data[i]! - data[i]!;
  return zero === 0;
}

/** Throws unless the loss is a finite number: no later step could repair the weights. */
export function requireFinite(
  loss: number,
  at: {
    /** "run 0123456789ab (RAF-DB, linear, seed 0)" */
    readonly run: string;
    readonly epoch: number;
    readonly learningRate: number;
    /** What to do about it. */
    readonly advice: string;
  },
): void {
  if (Number.isFinite(loss)) return;
  throw new UserError(
    `${at.run}: expected a finite loss, got ${loss} in epoch ${at.epoch} at learning rate ${at.learningRate}`,
    { advice: at.advice },
  );
}
