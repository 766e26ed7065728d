/** @file Runs that are wanted: planned with all they need, in an order that works. */
import { runId } from "../settings/run-config.ts";
import type { ClassifierConfig, RunConfig } from "../settings/run-config.ts";
import type { PreparedData } from "../data/prepared.ts";
import { openRun } from "./run-folder.ts";

export interface PlannedRun<Config extends RunConfig = RunConfig> {
  readonly id: string;
  /** "RAF-DB, linear, seed 0" */
  readonly title: string;
  readonly config: Config;
  readonly data: PreparedData;
  /** The function f of config.relabel, as `--threshold` names it. */
  readonly thresholdSpec?: string;
  /** The runs whose weights this one uses; its configuration names them. */
  readonly after: readonly PlannedRun[];
  /** The path of the file whose weights this one starts from. */
  readonly pretrainedFile?: string;
  /** The path of the mask generator that config.mgn names by its SHA-256. */
  readonly mgnFile?: string;
}

export type PlannedClassifier = PlannedRun<ClassifierConfig>;

export function planRun<Config extends RunConfig>(
  run: Omit<PlannedRun<Config>, "id">,
): PlannedRun<Config> {
  return { ...run, id: runId(run.config) };
}

/** The wanted runs and those they use, each once, what others use first. */
export function inOrder(wanted: readonly PlannedRun[]): readonly PlannedRun[] {
  const ordered = new Map<string, PlannedRun>();
  const add = (run: PlannedRun) => {
    for (const earlier of run.after) add(earlier);
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
