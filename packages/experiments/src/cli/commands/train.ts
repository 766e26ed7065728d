/** @file `pnpm exp train`: one classifier, or one for each of several values of settings and seeds. */
import { join, resolve } from "node:path";
import { CommandLineError } from "@mvt/common";
import { requireRegularFile } from "@mvt/common/files";
import { datasetNames } from "@mvt/datasets";
import { loadThreshold, thresholds } from "@mvt/relabel";
import { planJson } from "../../runs/plan-facts.ts";
import { neededRuns } from "../../runs/planned-run.ts";
import { describeProvenance } from "../../runs/provenance.ts";
import { runShowFacts, runShowJson } from "../../runs/run-facts.ts";
import { openRun } from "../../runs/run-folder.ts";
import { trainedRuns } from "../../runs/trained-runs.ts";
import { settingVariants } from "../../settings/setting-lists.ts";
import { createPlanner } from "../../studies/planner.ts";
import { requireDistinctRuns, settingsReport } from "../../studies/settings-rows.ts";
import { defineCommand, wholeFrom } from "../command.ts";
import { requireEffect } from "../effects.ts";
import { jsonOption, writeJson } from "../json-output.ts";
import { output, trainingOptions } from "../options.ts";
import { changesOf, openTraining, scaleOf } from "../request.ts";
import { printResult } from "../run-summary.ts";
import { parseSeeds } from "../seeds.ts";
import { trainRuns } from "../train-runs.ts";
import { reportsFolder, requireWritableReport } from "../writable.ts";
import { keepConfiguration, writeFiles } from "../write-files.ts";

export default defineCommand({
  options: {
    ...trainingOptions,
    dataset: { choices: datasetNames, default: datasetNames[0], describe: "data set" },
    seed: {
      type: "number",
      check: wholeFrom(0),
      describe: "seed of every random choice [default: 0]",
    },
    seeds: {
      type: "string",
      check: (text: string) => void parseSeeds(text),
      describe:
        "several seeds: a number N for 0 to N-1, a range such as 5-9, or a list such as 0,5",
    },
    out: {
      type: "string",
      group: output,
      describe: `folder of the table of several runs [default: ${reportsFolder}/<scale>]`,
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
    ["train --recipe deit-finetune --set epochs=30", "with published settings, one changed"],
    ["train --dataset ferplus --threshold quadratic", "with dynamic relabelling"],
    ["train --noise 0.2 --noise-kind confusable", "with a fifth of the labels made wrong"],
    ["train --set schedule.learningRate=1e-3,3e-3 --seeds 3", "six runs, and a table of them"],
  ],
  async run(args, configuration) {
    const { dataset, m, mgn: file } = args;
    const seeds = seedsOf(args);
    const variants = settingVariants(args.set);
    for (const { assignments } of variants) scaleOf({ ...args, set: assignments });
    const several = variants.length * seeds.length > 1;
    if (args.out !== undefined && !several) {
      throw new CommandLineError(
        `--out ${args.out}: expected several values of a setting or several seeds, of which a table is made, got one run. Leave it out.`,
      );
    }
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
      "recipe",
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
    const asked = { ...args, set: [...variants[0]!.assignments] };
    const folderFor = (scale: string) => args.out ?? join(reportsFolder, scale);
    const session = await openTraining(asked, async ({ name }) => {
      if (several) await requireWritableReport("out", folderFor(name), "train");
    });
    const { runsFolder, sets, engine, progress, planner: first } = session;
    if (file !== undefined) await requireRegularFile(resolve(file));
    const mgn = m !== undefined ? { m } : file !== undefined ? { file: resolve(file) } : undefined;
    const trueLabels = args.labels === "true";
    const rows = await Promise.all(
      variants.map(async ({ assignments, values }, i) => {
        const own = { ...args, set: assignments };
        const changed = { scale: scaleOf(own), changes: changesOf(own) };
        const planner = i === 0 ? first : createPlanner({ ...first.request, ...changed }, sets);
        return {
          values,
          runs: await Promise.all(
            seeds.map((each) =>
              planner.classifier({ dataset, seed: each, relabel, mgn, trueLabels }),
            ),
          ),
        };
      }),
    );
    const planned = rows.flatMap(({ runs }) => runs);
    requireDistinctRuns(rows);
    const results = await trainRuns(planned, session, asked);
    if (results === undefined) return;
    if (!several) {
      const run = openRun(runsFolder, planned[0]!.id);
      if (args.json) writeJson(runShowJson, await runShowFacts(run));
      else printResult(results[0]!, run.path("result.json"));
      return;
    }
    const scale = first.request.scale.name;
    const ids = neededRuns(planned).map(({ id }) => id);
    const provenance = describeProvenance({
      scale,
      seeds,
      data: [await first.describe(dataset, undefined, { trueLabels })],
      backend: engine.backend,
      trained: await trainedRuns(ids, runsFolder),
    });
    const { files, text } = await settingsReport(rows, runsFolder, provenance);
    process.stdout.write(text);
    const out = resolve(folderFor(scale));
    await keepConfiguration(out, configuration, progress.say);
    await writeFiles(out, files, progress.say);
  },
});

/** The seeds of --seeds or --seed. Throws a CommandLineError if both are given. */
function seedsOf({ seed, seeds }: { readonly seed?: number; readonly seeds?: string }) {
  if (seeds === undefined) return [seed ?? 0];
  if (seed === undefined) return parseSeeds(seeds);
  throw new CommandLineError(
    `--seed ${seed} and --seeds ${seeds}: expected one of them, got both. --seeds takes several.`,
  );
}

function isMaskRatio(m: number): void {
  if (m > 0 && m < 1) return;
  throw new CommandLineError(
    `--m ${m}: expected a share of the image between 0 and 1, such as 0.15. Leave it out to train without masks.`,
  );
}
