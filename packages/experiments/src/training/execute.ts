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
import { requirePrecision } from "./programs.ts";
import type { TrainingEvent, TrainingTask } from "./worker.ts";

export interface RunEvents {
  readonly onReuse?: (run: PlannedRun) => void;
  /** A run begins to train. */
  readonly onStart?: (run: PlannedRun) => void;
  readonly onStep?: (run: PlannedRun, epoch: number, done: number, total: number) => void;
  /** An epoch is over. */
  readonly onEpoch?: (run: PlannedRun, metrics: EpochMetrics | MgnMetrics, epochs: number) => void;
  readonly onDone?: (run: PlannedRun) => void;
}

export interface Execution extends RunEvents {
  readonly runsFolder: string;
  readonly engine: OpenedEngine;
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

/** Trains what is missing and returns the results of the wanted runs, in their order. */
export async function executeRuns<Config extends RunConfig>(
  { wanted, needed, missing }: RunPlan<Config>,
  execution: Execution,
): Promise<readonly ResultOf<Config>[]> {
  const { runsFolder, engine, onReuse } = execution;
  for (const run of needed) if (!missing.includes(run)) onReuse?.(run);
  if (missing.length > 0) {
    const pool = new Piscina<TrainingTask, string | undefined>({
      filename: new URL("./worker.ts", import.meta.url).href,
      minThreads: 0,
      maxThreads: engine.jobs,
    });
    try {
      await trainAll(missing, pool, execution);
    } finally {
      await pool.destroy();
    }
  }
  const results = await Promise.all(wanted.map(({ id }) => openRun(runsFolder, id).result()));
  return results.map((result) => result as ResultOf<Config>);
}

/** Trains every run as soon as a thread is free and the runs it uses are done. */
async function trainAll(
  missing: readonly PlannedRun[],
  pool: Piscina<TrainingTask, string | undefined>,
  execution: Execution,
): Promise<void> {
  const done = new Map<string, Promise<void>>();
  for (const run of missing) {
    const before = Promise.all(run.after.flatMap(({ id }) => done.get(id) ?? []));
    done.set(
      run.id,
      before.then(() => train(run, pool, execution)),
    );
  }
  await Promise.all(done.values());
}

async function train(
  run: PlannedRun,
  pool: Piscina<TrainingTask, string | undefined>,
  { runsFolder, engine, onStart, onStep, onEpoch, onDone }: Execution,
): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let started = false;
  port1.on("message", (event: TrainingEvent) => {
    if (!started) onStart?.(run);
    started = true;
    if (event.kind === "step") onStep?.(run, event.epoch, event.done, event.total);
    else onEpoch?.(run, event.metrics, event.epochs);
  });
  const { after: _, data, ...planned } = run;
  const { classes, train: trainSet, validation, test, trainTruth, validationTruth } = data;
  const task: TrainingTask = {
    ...planned,
    data: { classes, train: trainSet, validation, test, trainTruth, validationTruth },
    runsFolder,
    engine: engine.spec,
    // With several runs the cores are busy without threads that work ahead.
    loaderThreads: engine.jobs > 1 ? 0 : loaderThreads(trainSet.images),
    events: port2,
  };
  try {
    // Piscina types the list after the browser's postMessage, which takes options in its place.
    const message = await pool.run(task, { transferList: [port2] as never });
    if (message !== undefined) throw new UserError(message);
    onDone?.(run);
  } finally {
    port1.close();
  }
}
