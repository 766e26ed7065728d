/**
 * @file Trains the runs that are missing, several at once, each in a worker thread. Runs that another process trains are
 * waited for, and a run that fails leaves the others running.
 */
import { setTimeout } from "node:timers/promises";
import { moduleBeside } from "@mvt/common";
import type { Backend } from "@mvt/core";
import type { OpenedEngine } from "../engine/engine.ts";
import { tidyFinished } from "../runs/left-overs.ts";
import { describeHolder } from "../runs/lock-holder.ts";
import { LockedError, lockTimes, seekLock } from "../runs/lock.ts";
import type { HeldLock, LockTimes } from "../runs/lock.ts";
import { readMgn } from "../runs/mgn-file.ts";
import type { Origin } from "../runs/origin.ts";
import type { PlannedRun, RunPlan } from "../runs/planned-run.ts";
import type { RunResult } from "../runs/result.ts";
import { hasBegun, openRun } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";
import type { CheckpointPolicy } from "./checkpoint-policy.ts";
import { FailedRunsError } from "./failed-runs.ts";
import type { FailedRun, TrainingFailure } from "./failed-runs.ts";
import { failureOf } from "./failure.ts";
import type { Branch } from "./hand-over.ts";
import { requireMicroBatches } from "./micro-batches.ts";
import { requirePrecision } from "./programs.ts";
import { createSlots } from "./slots.ts";
import type { Slots } from "./slots.ts";
import { createStopFlag, stopAsked, trainingStopped, whileStoppable } from "./stop.ts";
import type { StopFlag } from "./stop.ts";
import { trainInThread } from "./train-in-thread.ts";
import type { TrainingEvents, TrainingPool } from "./train-in-thread.ts";

export interface RunEvents extends TrainingEvents {
  /** A run is finished already, or another process has finished it meanwhile. */
  readonly onReuse?: (run: PlannedRun) => void;
  /** Another process trains the run, and is waited for; `holder` names it. */
  readonly onWait?: (run: PlannedRun, holder: string) => void;
  readonly onDone?: (run: PlannedRun) => void;
  /** A run failed; the others go on. */
  readonly onFail?: (run: PlannedRun, reason: string) => void;
}

export interface Execution extends RunEvents {
  readonly runsFolder: string;
  readonly engine: OpenedEngine;
  /** Whether runs that another process trains are waited for; otherwise they fail. Default: true. */
  readonly wait?: boolean;
  readonly locks?: LockTimes;
  /** What trains, for the record of each run. */
  readonly origin?: Origin;
  /** Default: a checkpoint at the end of every epoch. */
  readonly checkpoints?: CheckpointPolicy;
}

/** What a run of this configuration leaves behind. */
export type ResultOf<Config extends RunConfig> = Extract<RunResult, { kind: Config["kind"] }>;

/**
 * Checks, before the first run trains, what would stop a later one: a precision that the engine does not compute in,
 * micro-batches that it does not have, a damaged mask generator of an earlier command. Throws UserError.
 *
 * @param backend undefined where others train, whose engine is not known here
 */
export async function checkPlan(
  { needed, missing }: RunPlan,
  runsFolder: string,
  backend: Backend | undefined,
): Promise<void> {
  const configs = missing.map(({ config }) => config);
  if (backend !== undefined) {
    await requirePrecision(backend, configs);
    requireMicroBatches(backend, configs);
  }
  if (missing.length === 0) return;
  for (const { id, config } of needed) {
    if (config.kind !== "mgn" || missing.some((run) => run.id === id)) continue;
    await readMgn(openRun(runsFolder, id), config.data.dataset, config.model);
  }
}

/**
 * Trains what is missing and returns the results of the wanted runs, in their order. Throws a FailedRunsError, once all
 * others have ended, if a run failed. At a signal that asks to stop, the runs that train write a checkpoint and end, no
 * other begins, and this throws CommandStopped.
 */
export async function executeRuns<Config extends RunConfig>(
  plan: RunPlan<Config>,
  execution: Execution,
): Promise<readonly ResultOf<Config>[]> {
  const { wanted, needed, missing } = plan;
  const { runsFolder, engine, onReuse } = execution;
  for (const run of needed) {
    if (missing.includes(run)) continue;
    await tidyFinished(runsFolder, run.id);
    onReuse?.(run);
  }
  if (missing.length > 0) {
    const stop = createStopFlag();
    const stopped: StoppedTraining[] = [];
    const { Piscina } = await import("piscina");
    const pool: TrainingPool = new Piscina({
      filename: moduleBeside(import.meta.url, "worker").href,
      minThreads: 0,
      maxThreads: engine.jobs,
    });
    pool.on("error", () => {}); // of a thread that trains nothing any more
    // No thread may be ended while ONNX Runtime computes in it: that would end the process.
    const failed = await whileStoppable(stop, () =>
      trainAll(plan, pool, { ...execution, stop, stopped }),
    ).finally(() => pool.destroy());
    const signal = stopAsked(stop);
    if (signal !== undefined) throw trainingStopped(signal, stopped);
    if (failed.length > 0) throw new FailedRunsError(failed, missing.length);
  }
  const results = await Promise.all(wanted.map(({ id }) => openRun(runsFolder, id).result()));
  return results.map((result) => result as ResultOf<Config>);
}

/** A run that stopped in training, and the steps that it keeps. */
interface StoppedTraining {
  readonly title: string;
  readonly step: number;
}

interface StoppableExecution extends Execution {
  readonly stop: StopFlag;
  /** Gets the runs that stop. */
  readonly stopped: StoppedTraining[];
}

/** A promise that is resolved from outside. */
interface Signal {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function createSignal(): Signal {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/**
 * Trains every run as soon as a thread is free, the runs it uses are done, and its shared beginning is trained. Returns
 * those that failed, in the plan's order, once all have ended.
 */
async function trainAll(
  { missing, shared }: RunPlan,
  pool: TrainingPool,
  execution: StoppableExecution,
): Promise<readonly FailedRun[]> {
  const slots = createSlots(execution.engine.jobs);
  const ended = new Map<string, Promise<TrainingFailure | undefined>>();
  const begun = new Map([...shared.keys()].map((id) => [id, createSignal()]));
  const trainInOrder = async (run: PlannedRun, used: readonly PlannedRun[]) => {
    const branches = branchesOf(run, shared);
    const onBranch = (id: string) => begun.get(id)!.resolve();
    try {
      await begun.get(run.id)?.promise;
      for (const each of used) {
        if (await ended.get(each.id)) return needsFailed(each);
      }
      const alone = missing.every((other) => other === run || comesAfter(other, run));
      return await trainOne({ run, branches, onBranch, alone }, slots, pool, execution);
    } catch (error) {
      return failureOf(error);
    } finally {
      for (const { id } of branches) onBranch(id); // what was not handed over, a branch trains itself
    }
  };
  for (const run of missing) {
    const training = trainInOrder(
      run,
      run.after.filter(({ id }) => ended.has(id)),
    );
    ended.set(
      run.id,
      training.then((failure) => {
        if (failure) execution.onFail?.(run, failure.reason);
        return failure;
      }),
    );
  }
  const failures = await Promise.all(ended.values()); // in the order of `missing`
  return missing.flatMap((run, i) => (failures[i] ? [{ run, ...failures[i] }] : []));
}

function needsFailed({ id, title }: PlannedRun): TrainingFailure {
  return { reason: `not trained, because it uses ${title} (run ${id}), which failed.` };
}

/** Whether `run` cannot train before `earlier` is done. */
function comesAfter(run: PlannedRun, earlier: PlannedRun): boolean {
  return run.after.some((each) => each.id === earlier.id || comesAfter(each, earlier));
}

/** The runs that go on from checkpoints of `trunk`, whether they are trained here or not. */
function branchesOf(trunk: PlannedRun, shared: RunPlan["shared"]): readonly Branch[] {
  return [...shared.values()].flatMap(({ trunk: from, branch: { id, config }, epochs }) =>
    from === trunk && config.kind === "classifier" ? [{ id, config, epochs }] : [],
  );
}

/** A run whose turn it is. */
interface ReadyRun {
  readonly run: PlannedRun;
  readonly branches: readonly Branch[];
  /** A branch can begin. */
  readonly onBranch: (id: string) => void;
  readonly alone: boolean;
}

/** Trains the run, or waits until another process has. While it waits, others have its slot. Once runs are to stop, it ends. */
async function trainOne(
  ready: ReadyRun,
  slots: Slots,
  pool: TrainingPool,
  execution: StoppableExecution,
): Promise<TrainingFailure | undefined> {
  const { run, branches, onBranch } = ready;
  const { runsFolder, onWait, wait = true, locks = lockTimes } = execution;
  const attempt = seekLock(runsFolder, run.id, locks);
  let told: string | undefined;
  for (;;) {
    const seen = await slots.use(async () => {
      if (stopAsked(execution.stop) !== undefined) return { failure: undefined };
      const found = await attempt();
      if ("holder" in found) return found;
      try {
        return { failure: await trainLocked(ready, found, pool, execution) };
      } finally {
        await found.release();
      }
    });
    if ("failure" in seen) return seen.failure;
    if (!wait && seen.state === "alive") throw new LockedError(run.id, seen, locks);
    const name = seen.holder?.token ?? "unknown";
    if (wait && told !== name) onWait?.(run, describeHolder(seen.holder));
    told = name;
    for (const { id } of branches) if (await hasBegun(runsFolder, id)) onBranch(id);
    await setTimeout(locks.poll);
  }
}

/** Trains the run, whose lock is held, unless another process has finished it meanwhile. */
async function trainLocked(
  ready: ReadyRun,
  lock: HeldLock,
  pool: TrainingPool,
  execution: StoppableExecution,
): Promise<TrainingFailure | undefined> {
  const { runsFolder, onReuse, onDone } = execution;
  const { run } = ready;
  if ((await openRun(runsFolder, run.id).result()) !== undefined) {
    onReuse?.(run);
    return undefined;
  }
  const unfinished = await trainInThread({ ...ready, lock }, pool, execution);
  if (unfinished === undefined) onDone?.(run);
  else if ("reason" in unfinished) return unfinished;
  else if (unfinished.step !== undefined) {
    execution.stopped.push({ title: run.title, step: unfinished.step });
  }
  return undefined;
}
