/** @file Fuzzed here: checkpoints, all files that runs leave behind, and the argument of --set. */
import { checkpointTargets } from "./checkpoint.ts";
import { finishedRunTargets } from "./finished-run.ts";
import { runFileTargets } from "./run-files.ts";
import { settingTargets } from "./settings.ts";

export const targets = [
  ...checkpointTargets,
  ...runFileTargets,
  ...finishedRunTargets,
  ...settingTargets,
];
