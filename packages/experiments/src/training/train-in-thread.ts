/** @file Has one run trained in a worker thread. */
import { MessageChannel } from "node:worker_threads";
import { loaderThreads } from "@mvt/datasets";
import type { Piscina } from "piscina";
import type { OpenedEngine } from "../engine/engine.ts";
import type { HeldLock } from "../runs/lock.ts";
import type { Origin } from "../runs/origin.ts";
import type { PlannedRun } from "../runs/planned-run.ts";
import type { EpochMetrics, MgnMetrics } from "../runs/result.ts";
import type { CheckpointPolicy } from "./checkpoint-policy.ts";
import { failureOfThread } from "./failure.ts";
import type { Branch } from "./hand-over.ts";
import type { StopFlag } from "./stop.ts";
import type { TrainingEvent, TrainingTask, UnfinishedRun } from "./worker.ts";

export type TrainingPool = Piscina<TrainingTask, UnfinishedRun | undefined>;

/** What a run tells of its training. */
export interface TrainingEvents {
  /** A run begins to train. */
  readonly onStart?: (run: PlannedRun) => void;
  readonly onStep?: (run: PlannedRun, epoch: number, done: number, total: number) => void;
  /** An epoch is over. */
  readonly onEpoch?: (run: PlannedRun, metrics: EpochMetrics | MgnMetrics, epochs: number) => void;
  /** Something that the user should know of a run, such as a checkpoint that is damaged. */
  readonly onRunNotice?: (run: PlannedRun, notice: string) => void;
}

/** A run to train, whose lock the caller holds until it has ended. */
export interface LockedRun {
  readonly run: PlannedRun;
  readonly lock: HeldLock;
  readonly branches: readonly Branch[];
  /** A branch can begin. */
  readonly onBranch: (id: string) => void;
  /** All other runs wait for this one, so that it has all cores. */
  readonly alone: boolean;
}

/** How runs are trained, besides what each of them is. */
export interface TrainingSetting extends TrainingEvents {
  readonly runsFolder: string;
  readonly engine: OpenedEngine;
  /** What trains, for the record of each run. */
  readonly origin?: Origin;
  readonly checkpoints?: CheckpointPolicy;
  /** Set when the run is to stop. */
  readonly stop?: StopFlag;
}

/** Trains the run; returns why it failed or where it stopped, if so. Whatever happens in the thread, nothing is thrown. */
export async function trainInThread(
  { run, lock, branches, onBranch, alone }: LockedRun,
  pool: TrainingPool,
  setting: TrainingSetting,
): Promise<UnfinishedRun | undefined> {
  const { runsFolder, engine, origin, checkpoints, stop } = setting;
  const { onStart, onStep, onEpoch, onRunNotice } = setting;
  const { after: _, data, ...planned } = run;
  const opened = await data.open();
  const { port1, port2 } = new MessageChannel();
  let started = false;
  port1.on("message", (event: TrainingEvent) => {
    if (!started) onStart?.(run);
    started = true;
    if (event.kind === "branch") onBranch(event.id);
    else if (event.kind === "step") onStep?.(run, event.epoch, event.done, event.total);
    else if (event.kind === "epoch") onEpoch?.(run, event.metrics, event.epochs);
    else onRunNotice?.(run, event.notice);
  });
  const lost = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  lock.onLost(() => void Atomics.store(lost, 0, 1));
  const task: TrainingTask = {
    ...planned,
    data: opened,
    runsFolder,
    lock: { token: lock.token, lost },
    engine: engine.spec,
    origin,
    // While several runs train, the cores are busy without threads that work ahead.
    loaderThreads: engine.jobs > 1 && !alone ? 0 : loaderThreads(opened.train.images),
    branches,
    checkpoints,
    stop,
    events: port2,
  };
  try {
    // Piscina types the list after the browser's postMessage, which takes options in its place.
    return await pool.run(task, { transferList: [port2] as never });
  } catch (error) {
    return failureOfThread(error);
  } finally {
    port1.close();
  }
}
