/** @file `pnpm exp table2`: plans, trains what is missing, and writes the table. */
import { join } from "node:path";
import { loadThreshold } from "@mvt/relabel";
import { table2, toCsv, toMarkdown } from "@mvt/report";
import type { Provenance, Selection } from "@mvt/report";
import type { Argv } from "yargs";
import { writeAtomically } from "../../runs/atomic-write.ts";
import { describeData, describeMachine, sourceVersion } from "../../runs/provenance.ts";
import { planTable2, table2Rows } from "../../tables/table2.ts";
import {
  engineOf,
  parseDatasets,
  relabelOptions,
  relabelOptionsOf,
  requireWritable,
  runOptions,
  scaleOf,
  seedsOf,
  weightsOf,
} from "../options.ts";
import { executeWithProgress, printPlan } from "../plan.ts";
import { createProgress } from "../progress.ts";
import { workbenchOf } from "../workbench.ts";

export function builder(cli: Argv) {
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
        describe: "NAME|PATH|PACKAGE[:key=value,...]: adds a row; repeatable",
      },
      select: {
        choices: ["validation", "last", "best-on-test"] as const satisfies readonly Selection[],
        default: "validation" as const,
        describe: "whose epoch's accuracy the table shows",
      },
    })
    .example("$0 table2 --threshold ./my-threshold.ts", "a row for a function of your own")
    .example("$0 table2 --datasets raf-db --seeds 5", "five seeds of one data set");
}

export async function run(args: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  const scale = scaleOf(args);
  const datasets = parseDatasets(args.datasets);
  const seeds = seedsOf(args.seeds ?? scale.seeds);
  const added = await Promise.all(
    args.threshold.map(async (spec) => ({ spec, threshold: await loadThreshold(spec) })),
  );
  const weights = await weightsOf(args.weights, scale);
  const out = await requireWritable("out", args.out ?? join("results", scale.name));
  const runsFolder = await requireWritable("runs", args.runs);
  const engine = await engineOf(args, scale);
  const progress = createProgress();

  const workbench = workbenchOf(args, { scale, progress, weights });
  const rows = await planTable2(workbench, {
    datasets,
    seeds,
    added,
    relabel: relabelOptionsOf(args),
  });
  const runs = rows.flatMap((row) => row.runs);
  if (args.plan) return printPlan(runs, { runsFolder, engine });

  const results = await executeWithProgress(runs, { runsFolder, engine, progress });
  const byId = new Map(results.map((result) => [result.id, result]));
  const provenance: Provenance = {
    command: ["pnpm exp", ...process.argv.slice(2)].join(" "),
    ...sourceVersion(),
    scale: scale.name,
    seeds,
    data: (await Promise.all(datasets.map((name) => workbench.prepare(name)))).map(describeData),
    machine: describeMachine(engine.backend),
    date: new Date().toISOString(),
  };
  const table = table2(
    table2Rows(rows, ({ id }) => byId.get(id)!),
    provenance,
    {
      select: args.select,
    },
  );
  const markdown = toMarkdown(table);
  await writeAtomically(join(out, "table2.md"), markdown);
  await writeAtomically(join(out, "table2.csv"), toCsv(table));
  process.stdout.write(markdown);
  progress.say(`wrote ${join(out, "table2.md")} and table2.csv`);
}
