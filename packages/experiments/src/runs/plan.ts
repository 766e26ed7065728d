/**
 * @file Runs that are wanted: planned with all they need, found again if finished, trained if not.
 */
import { decodeSafetensors } from "@mvt/core";
import type { Backend } from "@mvt/core";
import type { Threshold } from "@mvt/relabel";
import { runId } from "../config.ts";
import type { RunConfig } from "../config.ts";
import type { PreparedData } from "../data/prepared.ts";
import type { PretrainedFile } from "../training/pretrained-file.ts";
import { trainClassifier } from "../training/train-classifier.ts";
import { withLock } from "./lock.ts";
import type { RunResult } from "./result.ts";
import { openRun } from "./store.ts";

export interface PlannedRun {
  readonly id: string;
  /** "RAF-DB, linear, seed 0" */
  readonly title: string;
  readonly config: RunConfig;
  readonly data: PreparedData;
  readonly threshold?: Threshold;
  /** The run whose weights this one starts from. */
  readonly after?: PlannedRun;
  /** The file whose weights this one starts from. */
  readonly pretrainedFile?: PretrainedFile;
}

export function planRun(run: Omit<PlannedRun, "id">): PlannedRun {
  return { ...run, id: runId(run.config) };
}

export interface RunEvents {
  /** A run is about to train, the `index`-th of `total` that are left. */
  readonly onRun?: (run: PlannedRun, index: number, total: number) => void;
  readonly onReuse?: (run: PlannedRun) => void;
  readonly onEpoch?: NonNullable<Parameters<typeof trainClassifier>[1]["onEpoch"]>;
  readonly onStep?: NonNullable<Parameters<typeof trainClassifier>[1]["onStep"]>;
}

export interface Execution extends RunEvents {
  readonly backend: Backend;
  readonly runsFolder: string;
  readonly loaderThreads: number;
}

/** The wanted runs and those they start from, each once, in an order that works. */
export function inOrder(wanted: readonly PlannedRun[]): readonly PlannedRun[] {
  const ordered = new Map<string, PlannedRun>();
  const add = (run: PlannedRun) => {
    if (run.after) add(run.after);
    if (!ordered.has(run.id)) ordered.set(run.id, run);
  };
  for (const run of wanted) add(run);
  return [...ordered.values()];
}

/** Which of the runs are not finished yet. */
export async function unfinished(
  runs: readonly PlannedRun[],
  runsFolder: string,
): Promise<readonly PlannedRun[]> {
  const results = await Promise.all(runs.map(({ id }) => openRun(runsFolder, id).result()));
  return runs.filter((_, i) => results[i] === undefined);
}

/** Trains what is missing and returns the results of the wanted runs, in their order. */
export async function executeRuns(
  wanted: readonly PlannedRun[],
  execution: Execution,
): Promise<readonly RunResult[]> {
  const { runsFolder } = execution;
  const needed = inOrder(wanted);
  const missing = new Set(await unfinished(needed, runsFolder));
  for (const run of needed) if (!missing.has(run)) execution.onReuse?.(run);
  let index = 0;
  for (const run of missing) {
    execution.onRun?.(run, (index += 1), missing.size);
    await executeRun(run, execution);
  }
  return Promise.all(wanted.map(async ({ id }) => (await openRun(runsFolder, id).result())!));
}

async function executeRun(planned: PlannedRun, execution: Execution): Promise<void> {
  const { runsFolder, backend, loaderThreads, onEpoch, onStep } = execution;
  const run = openRun(runsFolder, planned.id);
  await withLock(runsFolder, planned.id, async () => {
    // Another process may have finished it while this one waited for its turn.
    if ((await run.result()) !== undefined) return;
    const pretrained = await pretrainedWeights(planned, runsFolder);
    await trainClassifier(
      { ...planned, ...(pretrained ? { pretrained } : {}) },
      {
        backend,
        run,
        loaderThreads,
        ...(onEpoch ? { onEpoch } : {}),
        ...(onStep ? { onStep } : {}),
      },
    );
  });
}

async function pretrainedWeights({ after, pretrainedFile }: PlannedRun, runsFolder: string) {
  if (after) {
    const source = openRun(runsFolder, after.id).path("validation-best.safetensors");
    const bytes = await openRun(runsFolder, after.id).read("validation-best.safetensors");
    return { weights: decodeSafetensors(bytes ?? new Uint8Array(), source).weights, source };
  }
  return pretrainedFile;
}
