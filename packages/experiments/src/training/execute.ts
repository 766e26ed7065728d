/** @file Trains the runs that are missing, several at once, each in a worker thread. */
import { MessageChannel } from "node:worker_threads";
import { UserError } from "@mvt/common";
import type { Backend } from "@mvt/core";
import { loaderThreads } from "@mvt/datasets";
import { Piscina } from "piscina";
import type { OpenedEngine } from "../engine/engine.ts";
import { readMgn } from "../runs/mgn-file.ts";
import type { PlannedRun, RunPlan } from "../runs/planned-run.ts";
import type { EpochMetrics, MgnMetrics, RunResult } from "../runs/result.ts";
import { openRun } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";
import type { CheckpointPolicy } from "./checkpoint-policy.ts";
import type { Branch } from "./hand-over.ts";
import { requirePrecision } from "./programs.ts";
import { CommandStopped, createStopFlag, stopAsked, whileStoppable } from "./stop.ts";
import type { StopFlag } from "./stop.ts";
import type { StoppedRun, TrainingEvent, TrainingTask } from "./worker.ts";

export interface RunEvents {
  readonly onReuse?: (run: PlannedRun) => void;
  /** A run begins to train. */
  readonly onStart?: (run: PlannedRun) => void;
  readonly onStep?: (run: PlannedRun, epoch: number, done: number, total: number) => void;
  /** An epoch is over. */
  readonly onEpoch?: (run: PlannedRun, metrics: EpochMetrics | MgnMetrics, epochs: number) => void;
  readonly onDone?: (run: PlannedRun) => void;
  /** Something that the user should know of a run, such as a checkpoint that is damaged. */
  readonly onNotice?: (run: PlannedRun, notice: string) => void;
}

export interface Execution extends RunEvents {
  readonly runsFolder: string;
  readonly engine: OpenedEngine;
  /** Default: a checkpoint at the end of every epoch. */
  readonly checkpoints?: CheckpointPolicy;
}

/** What a run of this configuration leaves behind. */
export type ResultOf<Config extends RunConfig> = Extract<RunResult, { kind: Config["kind"] }>;

/**
 * Checks, before the first run trains, what would stop a later one: a precision that the engine does not compute in,
 * a damaged mask generator of an earlier command. Throws UserError.
 */
export async function checkPlan(
  { needed, missing }: RunPlan,
  runsFolder: string,
  backend: Backend,
): Promise<void> {
  await requirePrecision(
    backend,
    missing.map(({ config }) => config),
  );
  if (missing.length === 0) return;
  for (const { id, config } of needed) {
    if (config.kind !== "mgn" || missing.some((run) => run.id === id)) continue;
    await readMgn(openRun(runsFolder, id), config.data.dataset, config.model);
  }
}

/**
 * Trains what is missing and returns the results of the wanted runs, in their order. At a signal that asks to stop, the
 * runs that train write a checkpoint and end, no other begins, and this throws CommandStopped.
 */
export async function executeRuns<Config extends RunConfig>(
  plan: RunPlan<Config>,
  execution: Execution,
): Promise<readonly ResultOf<Config>[]> {
  const { wanted, needed, missing } = plan;
  const { runsFolder, engine, onReuse } = execution;
  for (const run of needed) if (!missing.includes(run)) onReuse?.(run);
  if (missing.length > 0) {
    const stop = createStopFlag();
    const stopped: Stopped[] = [];
    const pool: Pool = new Piscina({
      filename: new URL("./worker.ts", import.meta.url).href,
      minThreads: 0,
      maxThreads: engine.jobs,
    });
    try {
      await whileStoppable(stop, () => trainAll(plan, pool, { ...execution, stop, stopped }));
      const signal = stopAsked(stop);
      if (signal !== undefined) throw new CommandStopped(signal, stopped);
    } finally {
      await pool.destroy();
    }
  }
  const results = await Promise.all(wanted.map(({ id }) => openRun(runsFolder, id).result()));
  return results.map((result) => result as ResultOf<Config>);
}

type Pool = Piscina<TrainingTask, string | StoppedRun | undefined>;

/** A run that stopped in training, and the steps that it keeps. */
interface Stopped {
  readonly title: string;
  readonly step: number;
}

interface StoppableExecution extends Execution {
  readonly stop: StopFlag;
  /** Gets the runs that stop. */
  readonly stopped: Stopped[];
}

/** Trains every run as soon as a thread is free, the runs it uses are done, and its shared beginning is trained. */
async function trainAll(
  { missing, shared }: RunPlan,
  pool: Pool,
  execution: StoppableExecution,
): Promise<void> {
  const done = new Map<string, Promise<void>>();
  const begun = new Map([...shared.keys()].map((id) => [id, Promise.withResolvers<void>()]));
  const trainInOrder = async (run: PlannedRun, before: Promise<unknown>) => {
    await before;
    if (stopAsked(execution.stop) !== undefined) return;
    const branches = branchesOf(run, missing, shared);
    const onBranch = (id: string) => begun.get(id)!.resolve();
    const alone = missing.every((other) => other === run || comesAfter(other, run));
    try {
      await train({ run, branches, onBranch, alone }, pool, execution);
    } finally {
      for (const { id } of branches) onBranch(id); // what was not handed over, a branch trains itself
    }
  };
  for (const run of missing) {
    const used = run.after.flatMap(({ id }) => done.get(id) ?? []);
    const before = Promise.all([...used, begun.get(run.id)?.promise]);
    done.set(run.id, trainInOrder(run, before));
  }
  await Promise.all(done.values());
}

/** Whether `run` cannot train before `earlier` is done. */
function comesAfter(run: PlannedRun, earlier: PlannedRun): boolean {
  return run.after.some((each) => each.id === earlier.id || comesAfter(each, earlier));
}

/** The runs that go on from checkpoints of `trunk`. */
function branchesOf(
  trunk: PlannedRun,
  missing: readonly PlannedRun[],
  shared: RunPlan["shared"],
): readonly Branch[] {
  return missing.flatMap(({ id, config }) => {
    const beginning = shared.get(id);
    if (beginning?.trunk !== trunk || config.kind !== "classifier") return [];
    return [{ id, config, epochs: beginning.epochs }];
  });
}

async function train(
  {
    run,
    branches,
    onBranch,
    alone,
  }: {
    readonly run: PlannedRun;
    readonly branches: readonly Branch[];
    /** A branch can begin. */
    readonly onBranch: (id: string) => void;
    /** All other runs wait for this one, so that it has all cores. */
    readonly alone: boolean;
  },
  pool: Pool,
  execution: StoppableExecution,
): Promise<void> {
  const { runsFolder, engine, checkpoints, stop, onStart, onDone } = execution;
  const { port1, port2 } = new MessageChannel();
  let started = false;
  port1.on("message", (event: TrainingEvent) => {
    if (!started) onStart?.(run);
    started = true;
    if (event.kind === "branch") onBranch(event.id);
    else tell(run, event, execution);
  });
  const { after: _, data, ...planned } = run;
  const { classes, train: trainSet, validation, test, trainTruth, validationTruth } = data;
  const task: TrainingTask = {
    ...planned,
    data: { classes, train: trainSet, validation, test, trainTruth, validationTruth },
    runsFolder,
    engine: engine.spec,
    // While several runs train, the cores are busy without threads that work ahead.
    loaderThreads: engine.jobs > 1 && !alone ? 0 : loaderThreads(trainSet.images),
    branches,
    checkpoints,
    stop,
    events: port2,
  };
  try {
    // Piscina types the list after the browser's postMessage, which takes options in its place.
    const outcome = await pool.run(task, { transferList: [port2] as never });
    if (typeof outcome === "string") throw new UserError(outcome);
    if (outcome === undefined) onDone?.(run);
    else if (outcome.step !== undefined) {
      execution.stopped.push({ title: run.title, step: outcome.step });
    }
  } finally {
    port1.close();
  }
}

function tell(
  run: PlannedRun,
  event: Exclude<TrainingEvent, { kind: "branch" }>,
  { onStep, onEpoch, onNotice }: RunEvents,
): void {
  if (event.kind === "step") onStep?.(run, event.epoch, event.done, event.total);
  else if (event.kind === "epoch") onEpoch?.(run, event.metrics, event.epochs);
  else onNotice?.(run, event.notice);
}
