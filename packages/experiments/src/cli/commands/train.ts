/** @file `pnpm exp train`: one classifier. */
import { loadThreshold } from "@mvt/relabel";
import { datasetNames } from "@mvt/datasets";
import type { Argv } from "yargs";
import { openRun } from "../../runs/store.ts";
import {
  engineOf,
  relabelOptions,
  relabelOptionsOf,
  requireWritable,
  runOptions,
  scaleOf,
  weightsOf,
} from "../options.ts";
import { executeWithProgress, printPlan } from "../plan.ts";
import { createProgress } from "../progress.ts";
import { printResult } from "../result.ts";
import { workbenchOf } from "../workbench.ts";

export function builder(cli: Argv) {
  return cli
    .options(runOptions)
    .options(relabelOptions)
    .options({
      dataset: { choices: datasetNames, default: datasetNames[0], describe: "data set" },
      seed: { type: "number", default: 0, describe: "seed of every random choice" },
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
    ...(threshold === undefined
      ? {}
      : { relabel: { spec: args.threshold!, threshold, ...relabelOptionsOf(args) } }),
  });
  if (args.plan) return printPlan([planned], { runsFolder, engine });
  const [result] = await executeWithProgress([planned], { runsFolder, engine, progress });
  printResult(result!, openRun(runsFolder, planned.id).path("result.json"));
}
