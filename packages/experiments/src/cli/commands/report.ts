/** @file `pnpm exp table1`, `table2`, ...: plans, trains what is missing, and writes the files. */
import { join, resolve } from "node:path";
import { writeWhole } from "@mvt/common/files";
import { datasetNames } from "@mvt/datasets";
import { loadThreshold, thresholds } from "@mvt/relabel";
import { selections } from "@mvt/report";
import type { Selection } from "@mvt/report";
import { requireDataFolder } from "../../data/source.ts";
import { planJson } from "../../runs/plan-facts.ts";
import { neededRuns } from "../../runs/planned-run.ts";
import { describeProvenance } from "../../runs/provenance.ts";
import { trainedRuns } from "../../runs/trained-runs.ts";
import type { Scale } from "../../settings/scales.ts";
import { reports } from "../../studies/index.ts";
import type { ReportName } from "../../studies/index.ts";
import { defaultFormats, planReports, tableFormatNames } from "../../studies/report-definition.ts";
import type { ReportDefinition } from "../../studies/report-definition.ts";
import { defineCommand } from "../command.ts";
import type { ArgsOf, CommandModule } from "../command.ts";
import { requireEffect } from "../effects.ts";
import { jsonOption, requirePlan } from "../json-output.ts";
import { output, parseDatasets, parseNames, trainingOptions } from "../options.ts";
import { openTraining } from "../request.ts";
import { parseSeeds, seedsFrom } from "../seeds.ts";
import { trainRuns } from "../train-runs.ts";
import { requireWritableReport } from "../writable.ts";

/** The options of every report. */
export const reportOptions = {
  ...trainingOptions,
  datasets: {
    type: "string",
    suggest: datasetNames,
    default: "raf-db,ferplus",
    describe: "which data sets, in this order",
  },
  seeds: {
    type: "string",
    check: (text: string) => void parseSeeds(text),
    describe:
      "runs per row: a number N for seeds 0 to N-1, a range such as 5-9, or a list such as 0,5 [default: the scale's]",
  },
  out: {
    type: "string",
    group: output,
    describe: "folder of the report [default: results/<scale>]",
  },
  threshold: {
    type: "string",
    suggest: Object.keys(thresholds),
    array: true,
    default: [] as string[],
    describe: "NAME|PATH|PACKAGE[:key=value,...]: a function f besides the paper's; repeatable",
  },
  select: {
    choices: Object.keys(selections) as Selection[],
    describe:
      "the epoch whose accuracy a table shows [default: last for table2, table3 and noise, else validation]",
  },
  format: {
    type: "string",
    suggest: tableFormatNames,
    default: defaultFormats.join(),
    group: output,
    describe: `files of a table, separated by commas: ${tableFormatNames.join(", ")}`,
  },
  png: {
    type: "boolean",
    default: false,
    group: output,
    describe: "figures as PNG besides SVG",
  },
  json: { ...jsonOption.json, describe: "with --plan: write the plan as one JSON value to stdout" },
} as const;

/** The command of one table or figure, or of several, which share their runs. */
export function reportCommand(names: readonly ReportName[], command: string): CommandModule {
  return defineCommand({
    options: reportOptions,
    facts: { "--plan": planJson },
    examples: [
      ["table2 --threshold ./my-threshold.ts", "a row for a function of your own"],
      ["table1 --datasets raf-db --seeds 5", "five seeds of one data set"],
      ["table2 --format latex", "the table for a paper: table2.tex"],
    ],
    async run(args) {
      requireEffect(command, [...new Set(names.flatMap((name) => reports[name].uses))], args);
      await makeReports(await Promise.all(names.map((name) => reports[name].load())), names, args);
    },
  });
}

const conjunction = new Intl.ListFormat("en-GB", { type: "conjunction" });

/**
 * Plans the reports, trains what is missing, and writes their files.
 *
 * @param stems how the names of their files begin
 * @param check throws if the scale does not fit, before anything is drawn
 */
export async function makeReports(
  definitions: readonly ReportDefinition[],
  stems: readonly string[],
  args: ArgsOf<typeof reportOptions>,
  check: (scale: Scale) => void = () => {},
): Promise<void> {
  requirePlan(args);
  const datasets = parseDatasets(args.datasets);
  const formats = parseNames("format", args.format, tableFormatNames);
  const functions = await Promise.all(
    args.threshold.map(async (spec) => ({ spec, threshold: await loadThreshold(spec) })),
  );
  const folderFor = (scale: string) => args.out ?? join("results", scale);
  const session = await openTraining(args, async (scale) => {
    check(scale);
    for (const stem of stems) await requireWritableReport("out", folderFor(scale.name), stem);
    if (args.data !== undefined) await requireDataFolder(datasets[0]!, args.data);
  });
  const { planner, engine, progress, runsFolder } = session;
  const { scale } = planner.request;
  const seeds =
    args.seeds === undefined
      ? seedsFrom(0, Math.min(...definitions.map((definition) => definition.seeds ?? scale.seeds)))
      : parseSeeds(args.seeds);

  const request = { datasets, seeds, thresholds: functions };
  const plans = await planReports(definitions, planner, request, progress.say);
  const runs = plans.flatMap((plan) => plan.runs);
  if ((await trainRuns(runs, session, args)) === undefined) return;

  const asked = plans.every(({ data }) => data) ? [] : datasets;
  const provenance = describeProvenance({
    scale: scale.name,
    seeds,
    data: await Promise.all(asked.map((name) => planner.describe(name))),
    backend: engine.backend,
  });
  const out = resolve(folderFor(scale.name));
  for (const { runs: wanted, make, select, data = provenance.data } of plans) {
    const ids = neededRuns(wanted).map(({ id }) => id);
    const { files, text } = await make({
      runsFolder,
      select: args.select ?? select,
      png: args.png,
      formats,
      backend: engine.backend,
      provenance: { ...provenance, data, trained: await trainedRuns(ids, runsFolder) },
    });
    for (const [name, content] of Object.entries(files)) {
      await writeWhole(join(out, name), content);
    }
    process.stdout.write(text);
    progress.say(`wrote ${conjunction.format(Object.keys(files))} in ${out}`);
  }
}
