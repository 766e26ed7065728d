/** @file `pnpm exp table1`, `table2`, ...: plans, trains what is missing, and writes the files. */
import { join, resolve } from "node:path";
import { loadThreshold } from "@mvt/relabel";
import type { Selection } from "@mvt/report";
import type { Argv } from "yargs";
import { writeAtomically } from "../../runs/atomic-write.ts";
import { describeData, describeMachine, sourceVersion } from "../../runs/provenance.ts";
import { planReports } from "../../studies/report-definition.ts";
import type { ReportDefinition } from "../../studies/report-definition.ts";
import {
  engineOf,
  parseDatasets,
  relabelOptions,
  relabelOptionsOf,
  runOptions,
  scaleOf,
  seedsOf,
  weightsOf,
} from "../options.ts";
import { executeWithProgress, printPlan } from "../train-runs.ts";
import { createProgress } from "../progress.ts";
import { workbenchOf } from "../workbench.ts";
import { requireWritable, requireWritableReport } from "../writable.ts";

function builder(cli: Argv) {
  return cli
    .options(runOptions)
    .options(relabelOptions)
    .options({
      datasets: {
        type: "string",
        default: "raf-db,ferplus",
        describe: "which data sets, in order",
      },
      seeds: {
        type: "number",
        describe: "runs per row, with seeds 0, 1, ... [default: the scale's]",
      },
      out: { type: "string", describe: "folder of the report [default: results/<scale>]" },
      threshold: {
        type: "string",
        array: true,
        default: [] as string[],
        describe: "NAME|PATH|PACKAGE[:key=value,...]: a function f beside the paper's; repeatable",
      },
      select: {
        choices: ["validation", "last", "best-on-test"] as const satisfies readonly Selection[],
        default: "validation" as const,
        describe: "whose epoch's accuracy a table shows",
      },
      png: { type: "boolean", default: false, describe: "figures as PNG besides SVG" },
    })
    .example("$0 table2 --threshold ./my-threshold.ts", "a row for a function of your own")
    .example("$0 table1 --datasets raf-db --seeds 5", "five seeds of one data set");
}

type Args = Awaited<ReturnType<typeof builder>["argv"]>;

/** The command of one table or figure, or of several, which share their runs. */
export function reportCommand(...definitions: readonly ReportDefinition[]) {
  return { builder, run: (args: Args) => makeReports(definitions, args) };
}

async function makeReports(definitions: readonly ReportDefinition[], args: Args): Promise<void> {
  const scale = scaleOf(args);
  const datasets = parseDatasets(args.datasets);
  const seeds = seedsOf(
    args.seeds ?? Math.min(...definitions.map((one) => one.seeds ?? scale.seeds)),
  );
  const added = await Promise.all(
    args.threshold.map(async (spec) => ({ spec, threshold: await loadThreshold(spec) })),
  );
  const relabel = relabelOptionsOf(args);
  const weights = await weightsOf(args.weights, scale);
  const folder = args.out ?? join("results", scale.name);
  for (const { id } of definitions) await requireWritableReport("out", folder, id);
  const out = resolve(folder);
  const runsFolder = await requireWritable("runs", args.runs);
  const engine = await engineOf(args, scale);
  const progress = createProgress();

  const workbench = workbenchOf(args, { scale, progress, weights });
  const pretrained = args.weights !== "none";
  const options = { datasets, seeds, added, relabel, pretrained };
  const plans = await planReports(definitions, workbench, options, progress.say);
  const runs = plans.flatMap((plan) => plan.runs);
  if (args.plan) return printPlan(runs, { runsFolder, engine });

  await executeWithProgress(runs, { runsFolder, engine, progress });
  const asked = plans.every(({ data }) => data) ? [] : datasets;
  const prepared = await Promise.all(asked.map((name) => workbench.prepare(name)));
  const context = {
    runsFolder,
    select: args.select,
    png: args.png,
    backend: engine.backend,
    provenance: {
      command: ["pnpm exp", ...process.argv.slice(2)].join(" "),
      ...sourceVersion(),
      scale: scale.name,
      seeds,
      data: prepared.map(describeData),
      machine: describeMachine(engine.backend),
      date: new Date().toISOString(),
    },
  };
  for (const { make, data } of plans) {
    const provenance = { ...context.provenance, ...(data ? { data } : {}) };
    const { files, text } = await make({ ...context, provenance });
    for (const [name, content] of Object.entries(files)) {
      await writeAtomically(join(out, name), content);
    }
    process.stdout.write(text);
    progress.say(`wrote ${Object.keys(files).join(" and ")} in ${out}`);
  }
}
