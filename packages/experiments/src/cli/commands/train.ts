/** @file `pnpm exp train`: one classifier. */
import { resolve } from "node:path";
import { loadThreshold } from "@mvt/relabel";
import { datasetNames } from "@mvt/datasets";
import type { Argv } from "yargs";
import { openRun } from "../../runs/run-folder.ts";
import {
  engineOf,
  relabelOptions,
  relabelOptionsOf,
  requireWhole,
  runOptions,
  scaleOf,
  weightsOf,
} from "../options.ts";
import { CommandLineError } from "../../usage-error.ts";
import { executeWithProgress, printPlan } from "../train-runs.ts";
import { createProgress } from "../progress.ts";
import { printResult } from "../run-summary.ts";
import { workbenchOf } from "../workbench.ts";
import { requireWritable } from "../writable.ts";

export function builder(cli: Argv) {
  return cli
    .options(runOptions)
    .options(relabelOptions)
    .options({
      dataset: { choices: datasetNames, default: datasetNames[0], describe: "data set" },
      seed: { type: "number", default: 0, describe: "seed of every random choice" },
      m: {
        type: "number",
        describe:
          "mask the pictures with a generator trained for this m first; no masks without it",
      },
      mgn: {
        type: "string",
        describe: "mask them with this mgn.safetensors instead, which a run of --m or a table left",
      },
      threshold: {
        type: "string",
        describe:
          "relabel with this f: NAME|PATH|PACKAGE[:key=value,...]; no relabelling without it",
      },
    })
    .example("$0 train", "a baseline on synthetic RAF-DB faces")
    .example("$0 train --set epochs=30 --set adamw.weightDecay=0.1", "with other settings")
    .example("$0 train --dataset ferplus --threshold quadratic", "with dynamic relabelling");
}

export async function run(args: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  requireWhole("seed", args.seed, 0);
  const relabel = relabelOptionsOf(args);
  if (args.m !== undefined && !(args.m > 0 && args.m < 1)) {
    throw new CommandLineError(
      `--m ${args.m}: expected a share of the picture between 0 and 1, such as 0.15. Leave it out to train without masks.`,
    );
  }
  if (args.m !== undefined && args.mgn !== undefined) {
    throw new CommandLineError(
      "--m and --mgn: expected one of them, got both. --mgn names a generator whose m is settled.",
    );
  }
  const scale = scaleOf(args);
  const threshold = args.threshold === undefined ? undefined : await loadThreshold(args.threshold);
  const weights = await weightsOf(args.weights, scale);
  const runsFolder = await requireWritable("runs", args.runs);
  const engine = await engineOf(args, scale);
  const progress = createProgress();
  const workbench = workbenchOf(args, { scale, progress, weights });
  const planned = await workbench.plan({
    dataset: args.dataset,
    seed: args.seed,
    pretrained: args.weights !== "none",
    ...(args.m === undefined ? {} : { mgn: { m: args.m } }),
    ...(args.mgn === undefined ? {} : { mgn: { file: resolve(args.mgn) } }),
    ...(threshold === undefined
      ? {}
      : { relabel: { spec: args.threshold!, threshold, ...relabel } }),
  });
  if (args.plan) return printPlan([planned], { runsFolder, engine });
  const [result] = await executeWithProgress([planned], { runsFolder, engine, progress });
  printResult(result!, openRun(runsFolder, planned.id).path("result.json"));
}
