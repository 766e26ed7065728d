/** @file Trains the runs that are missing, several at once, each in a worker thread. */
import { MessageChannel } from "node:worker_threads";
import { loaderThreads } from "@mvt/datasets";
import { Piscina } from "piscina";
import type { TrainingEvent, TrainingTask } from "./worker.ts";
import { readMgn } from "../runs/mgn-file.ts";
import { UsageError } from "../usage-error.ts";
import type { RunConfig } from "../settings/run-config.ts";
import type { EngineSpec } from "../engine/engine.ts";
import { inOrder, unfinished } from "../runs/planned-run.ts";
import type { PlannedRun } from "../runs/planned-run.ts";
import type { RunResult } from "../runs/result.ts";
import { openRun } from "../runs/run-folder.ts";

export interface RunEvents {
  readonly onReuse?: (run: PlannedRun) => void;
  /** A run begins to train. */
  readonly onStart?: (run: PlannedRun) => void;
  readonly onStep?: (run: PlannedRun, epoch: number, done: number, total: number) => void;
  /** An epoch is over; `line` tells how it went. */
  readonly onEpoch?: (run: PlannedRun, line: string) => void;
  readonly onDone?: (run: PlannedRun) => void;
}

export interface Execution extends RunEvents {
  readonly runsFolder: string;
  /** Runs that train at once. */
  readonly jobs: number;
  /** The engine of each of them. */
  readonly engine: EngineSpec;
}

/** What a run of this configuration leaves behind. */
export type ResultOf<Config extends RunConfig> = Extract<RunResult, { kind: Config["kind"] }>;

/** Trains what is missing and returns the results of the wanted runs, in their order. */
export async function executeRuns<Config extends RunConfig>(
  wanted: readonly PlannedRun<Config>[],
  execution: Execution,
): Promise<readonly ResultOf<Config>[]> {
  const { runsFolder, jobs, onReuse } = execution;
  const needed = inOrder(wanted);
  const missing = await unfinished(needed, runsFolder);
  for (const run of needed) if (!missing.includes(run)) onReuse?.(run);
  if (missing.length > 0) await checkGenerators(needed, missing, runsFolder);
  if (missing.length > 0) {
    const pool = new Piscina<TrainingTask, string | undefined>({
      filename: new URL("./worker.ts", import.meta.url).href,
      minThreads: 0,
      maxThreads: jobs,
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

/** A damaged generator of an earlier command is found before anything trains, not when its turn comes. */
async function checkGenerators(
  needed: readonly PlannedRun[],
  missing: readonly PlannedRun[],
  runsFolder: string,
): Promise<void> {
  for (const { id, config } of needed) {
    if (config.kind !== "mgn" || missing.some((run) => run.id === id)) continue;
    await readMgn(openRun(runsFolder, id), config.data.dataset, config.model);
  }
}

/** Every run as soon as a thread is free and the runs it uses are done. */
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
  { runsFolder, jobs, engine, onStart, onStep, onEpoch, onDone }: Execution,
): Promise<void> {
  const { id, title, config, data, thresholdSpec, pretrainedFile, mgnFile } = run;
  const { port1, port2 } = new MessageChannel();
  let started = false;
  port1.on("message", (event: TrainingEvent) => {
    if (!started) onStart?.(run);
    started = true;
    if (event.kind === "step") onStep?.(run, event.epoch, event.done, event.total);
    else onEpoch?.(run, event.line);
  });
  const { classes, train: trainSet, validation, test, trainTruth } = data;
  const task: TrainingTask = {
    id,
    title,
    config,
    data: { classes, train: trainSet, validation, test, ...(trainTruth ? { trainTruth } : {}) },
    ...(thresholdSpec === undefined ? {} : { thresholdSpec }),
    ...(pretrainedFile === undefined ? {} : { pretrainedFile }),
    ...(mgnFile === undefined ? {} : { mgnFile }),
    runsFolder,
    engine,
    // With several runs the cores are busy without threads that work ahead.
    loaderThreads: jobs > 1 ? 0 : loaderThreads(trainSet.images),
    events: port2,
  };
  try {
    // Piscina types the list after the browser's postMessage, which takes options in its place.
    const message = await pool.run(task, { transferList: [port2] as never });
    if (message !== undefined) throw new UsageError(message);
    onDone?.(run);
  } finally {
    port1.close();
  }
}
