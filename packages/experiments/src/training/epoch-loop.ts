/**
 * @file The epoch loop that classifiers and mask generators share: resuming, epochs, a checkpoint and the metrics
 * after each, and the result at the end.
 *
 * An interrupted run continues from its checkpoint to the same result, bit for bit: every random choice is a function
 * of seed, epoch and sample, and the checkpoint holds all that epochs carry over.
 */
import { UserError } from "@mvt/common";
import type { Backend, Weights } from "@mvt/core";
import type { HistoryArray } from "@mvt/relabel";
import type { z } from "zod";
import { noteOrigin } from "../runs/origin.ts";
import type { Origin } from "../runs/origin.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";

/** What training needs besides its configuration and data. `Metrics` is what an epoch yields. */
export interface TrainingContext<Metrics> {
  readonly backend: Backend;
  readonly run: RunFolder;
  /** What trains, for the run's record; a run without it records none. */
  readonly origin?: Origin;
  /** Threads that augment batches ahead. */
  readonly loaderThreads: number;
  readonly onEpoch?: (metrics: Metrics, epochs: number) => void;
  /** Images of the epoch done so far. */
  readonly onStep?: (epoch: number, done: number, total: number) => void;
  /** The files of the run hold all that it needs to go on after this many epochs. `over`: it trains no more of them. */
  readonly onCheckpoint?: (epochs: number, over: boolean) => Promise<void>;
}

/** An epoch that has been trained and evaluated. */
export interface TrainedEpoch<Metrics> {
  /** Optimiser steps taken in it. */
  readonly steps: number;
  readonly metrics: Metrics;
  /** All state after it: parameters and optimiser moments. */
  readonly state: Weights;
}

/** A network in training: what a classifier and a mask generator do differently. */
export interface Trainee<Metrics> {
  /** The schema of a line of metrics.jsonl. */
  readonly line: z.ZodType<Metrics>;
  /** Epochs to train. */
  readonly epochs: number;
  /** Sets all state: from the checkpoint, or as it is before the first epoch. */
  start(checkpoint: Checkpoint<Metrics> | undefined): Promise<void>;
  /** Trains and evaluates one epoch after `stepsBefore` steps and the epochs of `earlier`. */
  trainEpoch(stepsBefore: number, earlier: readonly Metrics[]): Promise<TrainedEpoch<Metrics>>;
  /** Whether training ends early, after an epoch with these metrics. */
  endsAfter?(last: Metrics): boolean;
  /** The label ledger as JSON lines, if the run relabels. */
  ledger?(): string | undefined;
  /** The arrays of the training history, of a classifier. */
  history?(): ReadonlyMap<string, HistoryArray>;
}

/** Trains all epochs, or those that are left, and returns the metrics of every epoch. */
export async function trainEpochs<Metrics>(
  trainee: Trainee<Metrics>,
  {
    run,
    origin,
    onEpoch,
    onCheckpoint,
  }: Pick<TrainingContext<Metrics>, "run" | "origin" | "onEpoch" | "onCheckpoint">,
): Promise<readonly Metrics[]> {
  const bytes = await run.read("checkpoint.safetensors");
  const checkpoint =
    bytes && decodeCheckpoint(bytes, run.path("checkpoint.safetensors"), trainee.line);
  const metrics = [...(checkpoint?.metrics ?? [])];
  let step = checkpoint?.step ?? 0;
  if (origin) await noteOrigin(run, origin, checkpoint !== undefined);
  await run.remove("manifest.json"); // of a run that was stopped before its result was written
  await trainee.start(checkpoint);
  const isOver = () => {
    const last = metrics.at(-1);
    return (
      metrics.length >= trainee.epochs ||
      (last !== undefined && (trainee.endsAfter?.(last) ?? false))
    );
  };
  const writeLines = async () => {
    await run.write("metrics.jsonl", metrics.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const ledger = trainee.ledger?.();
    if (ledger !== undefined) await run.write("labels.jsonl", ledger);
  };
  if (checkpoint) {
    await writeLines(); // the run may have stopped between its checkpoint and these files
    await onCheckpoint?.(metrics.length, isOver());
  }
  while (!isOver()) {
    const trained = await trainee.trainEpoch(step, metrics);
    step += trained.steps;
    metrics.push(trained.metrics);
    const ledger = trainee.ledger?.();
    const { state } = trained;
    requireFiniteState(state, `run ${run.id}, epoch ${metrics.length}`);
    const reached = { state, step, metrics, ledger, history: trainee.history?.() };
    await run.write("checkpoint.safetensors", encodeCheckpoint(reached));
    await writeLines();
    await onCheckpoint?.(metrics.length, isOver());
    onEpoch?.(trained.metrics, trainee.epochs);
  }
  return metrics;
}

/** Throws unless every weight and moment is a finite number: no loss tells if the last step of an epoch diverges. */
function requireFiniteState(state: Weights, at: string): void {
  for (const [name, { data }] of state) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad === -1) continue;
    throw new UserError(`${at}: expected finite weights, got ${data[bad]} in ${name}`, {
      advice:
        "Lower the learning rate with --set schedule.learningRate=..., or clip gradients with --set adamw.clipNorm=1.",
    });
  }
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
