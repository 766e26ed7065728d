/** @file Planned runs, and which of them and of the runs that they need are missing. */
import type { PreparedData } from "../data/prepared.ts";
import { runId } from "../settings/run-config.ts";
import type { ClassifierConfig, RunConfig } from "../settings/run-config.ts";
import { openRun } from "./run-folder.ts";
import { sharedBeginnings } from "./shared-beginnings.ts";
import type { SharedBeginning } from "./shared-beginnings.ts";

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
  /** What the user says of that file. */
  readonly pretrainedAbout?: string;
  /** Class indices by sample id, of the list that config.noise names by its SHA-256. */
  readonly listed?: ReadonlyMap<string, number>;
  /** The path of the mask generator that config.mgn names by its SHA-256. */
  readonly mgnFile?: string;
}

export type PlannedClassifier = PlannedRun<ClassifierConfig>;

/** The run with its id, which is the hash of its configuration. */
export function planRun<Config extends RunConfig>(
  run: Omit<PlannedRun<Config>, "id">,
): PlannedRun<Config> {
  return { ...run, id: runId(run.config) };
}

/** The wanted runs and all that they need, and which of them are not finished. */
export interface RunPlan<Config extends RunConfig = RunConfig> {
  readonly wanted: readonly PlannedRun<Config>[];
  /** Each once; a run comes after those it uses. */
  readonly needed: readonly PlannedRun[];
  /** The needed runs that are not finished, in that order. */
  readonly missing: readonly PlannedRun[];
  /** By the id of an unfinished run: its first epochs, where one of the missing runs trains them for it. */
  readonly shared: ReadonlyMap<string, SharedBeginning>;
}

/** The wanted runs and all that they need, each once; a run comes after those it uses. */
export function neededRuns(wanted: readonly PlannedRun[]): readonly PlannedRun[] {
  const ordered = new Map<string, PlannedRun>();
  const add = (run: PlannedRun) => {
    for (const earlier of run.after) add(earlier);
    if (!ordered.has(run.id)) ordered.set(run.id, run);
  };
  for (const run of wanted) add(run);
  return [...ordered.values()];
}

/** Orders the wanted runs and looks up which are finished. `separate`: each trains its own beginning. */
export async function planRuns<Config extends RunConfig>(
  wanted: readonly PlannedRun<Config>[],
  runsFolder: string,
  separate = false,
): Promise<RunPlan<Config>> {
  const needed = neededRuns(wanted);
  const results = await Promise.all(needed.map(({ id }) => openRun(runsFolder, id).result()));
  const missing = needed.filter((_, i) => results[i] === undefined);
  return { wanted, needed, missing, shared: separate ? new Map() : sharedBeginnings(missing) };
}
