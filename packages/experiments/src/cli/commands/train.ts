/** @file `pnpm exp train`: one classifier. */
import { resolve } from "node:path";
import { CommandLineError } from "@mvt/common";
import { requireRegularFile } from "@mvt/common/files";
import { datasetNames } from "@mvt/datasets";
import { loadThreshold, thresholds } from "@mvt/relabel";
import { runShowFacts, runShowJson } from "../../runs/run-facts.ts";
import { planJson } from "../../runs/plan-facts.ts";
import { openRun } from "../../runs/run-folder.ts";
import { defineCommand, wholeFrom } from "../command.ts";
import { requireEffect } from "../effects.ts";
import { jsonOption, writeJson } from "../json-output.ts";
import { trainingOptions } from "../options.ts";
import { openTraining } from "../request.ts";
import { printResult } from "../run-summary.ts";
import { trainRuns } from "../train-runs.ts";

export default defineCommand({
  options: {
    ...trainingOptions,
    dataset: { choices: datasetNames, default: datasetNames[0], describe: "data set" },
    seed: {
      type: "number",
      default: 0,
      check: wholeFrom(0),
      describe: "seed of every random choice",
    },
    m: {
      type: "number",
      check: isMaskRatio,
      describe: "mask the images with a generator trained first for this m [default: no masks]",
    },
    mgn: {
      type: "string",
      describe: "mask them with this mgn.safetensors instead, which a run of --m or a table wrote",
    },
    threshold: {
      type: "string",
      suggest: Object.keys(thresholds),
      describe: "relabel with this f: NAME|PATH|PACKAGE[:key=value,...] [default: no relabelling]",
    },
    labels: {
      choices: ["given", "true"],
      default: "given",
      describe: "train on the labels as they are given, or on the true ones where they are known",
    },
    ...jsonOption,
  },
  facts: { "runs show": runShowJson, "--plan": planJson },
  examples: [
    ["train", "a baseline on synthetic RAF-DB faces"],
    ["train --set epochs=30 --set adamw.weightDecay=0.1", "with other settings"],
    ["train --dataset ferplus --threshold quadratic", "with dynamic relabelling"],
    ["train --noise 0.2 --noise-kind confusable", "with a fifth of the labels made wrong"],
  ],
  async run(args) {
    const { dataset, seed, m, mgn: file } = args;
    if (m !== undefined && file !== undefined) {
      throw new CommandLineError(
        "--m and --mgn: expected one of them, got both. --mgn names a generator whose m is settled.",
      );
    }
    const spec = args.threshold;
    const masks = m !== undefined || file !== undefined;
    const uses = [
      "data",
      "settings",
      ...(spec === undefined ? [] : (["relabelling", "thresholds"] as const)),
      ...(masks ? (["masked-classifiers"] as const) : []),
      ...(m === undefined ? [] : (["generators"] as const)),
    ] as const;
    requireEffect("train", uses, args, {
      relabelling: "add --threshold",
      generators: "add --m",
      "masked-classifiers": "add --m or --mgn",
    });
    const relabel = spec === undefined ? undefined : { spec, threshold: await loadThreshold(spec) };
    const session = await openTraining(args);
    const { planner, runsFolder } = session;
    if (file !== undefined) await requireRegularFile(resolve(file));
    const mgn = m !== undefined ? { m } : file !== undefined ? { file: resolve(file) } : undefined;
    const planned = await planner.classifier({
      dataset,
      seed,
      relabel,
      mgn,
      trueLabels: args.labels === "true",
    });
    const results = await trainRuns([planned], session, args);
    if (results === undefined) return;
    const run = openRun(runsFolder, planned.id);
    if (args.json) writeJson(runShowJson, await runShowFacts(run));
    else printResult(results[0]!, run.path("result.json"));
  },
});

function isMaskRatio(m: number): void {
  if (m > 0 && m < 1) return;
  throw new CommandLineError(
    `--m ${m}: expected a share of the image between 0 and 1, such as 0.15. Leave it out to train without masks.`,
  );
}
