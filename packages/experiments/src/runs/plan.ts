/** @file Runs that are wanted: planned with all they need, in an order that works. */
import { runId } from "../config.ts";
import type { RunConfig } from "../config.ts";
import type { PreparedData } from "../data/prepared.ts";
import { openRun } from "./store.ts";

export interface PlannedRun {
  readonly id: string;
  /** "RAF-DB, linear, seed 0" */
  readonly title: string;
  readonly config: RunConfig;
  readonly data: PreparedData;
  /** The function f of config.relabel, as `--threshold` names it. */
  readonly thresholdSpec?: string;
  /** The run whose weights this one starts from. */
  readonly after?: PlannedRun;
  /** The path of the file whose weights this one starts from. */
  readonly pretrainedFile?: string;
}

export function planRun(run: Omit<PlannedRun, "id">): PlannedRun {
  return { ...run, id: runId(run.config) };
}

/** The wanted runs and those they start from, each once, what others start from first. */
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
