/** @file `pnpm exp table1`, `table2`, ...: plans, trains what is missing, and writes the files. */
import { join, resolve } from "node:path";
import { CommandLineError } from "@mvt/common";
import { datasetNames } from "@mvt/datasets";
import { loadThreshold, thresholds } from "@mvt/relabel";
import { selections } from "@mvt/report";
import type { Selection } from "@mvt/report";
import { requireDataFolder } from "../../data/source.ts";
import { requireSlurm } from "../../launch/submit.ts";
import { planJson } from "../../runs/plan-facts.ts";
import { neededRuns } from "../../runs/planned-run.ts";
import { describeProvenance } from "../../runs/provenance.ts";
import { trainedRuns } from "../../runs/trained-runs.ts";
import type { Scale } from "../../settings/scales.ts";
import { reports } from "../../studies/index.ts";
import { builtInThresholds } from "../../studies/label-rows.ts";
import type { NamedThreshold } from "../../studies/planner.ts";
import type { ReportEntry, ReportName } from "../../studies/index.ts";
import { defaultFormats, planReports, tableFormatNames } from "../../studies/report-definition.ts";
import type { ReportDefinition } from "../../studies/report-definition.ts";
import { defineCommand } from "../command.ts";
import type { ArgsOf, CommandModule } from "../command.ts";
import type { EffectiveConfiguration } from "../configuration.ts";
import { requireEffect } from "../effects.ts";
import { jsonOption, requirePlan } from "../json-output.ts";
import { launchOnSlurm, wordsToRepeat } from "../launch.ts";
import { launchOptions, parseRunIds, requireLaunch } from "../launch-options.ts";
import { output, parseDatasets, parseNames, trainingOptions } from "../options.ts";
import { openTraining } from "../request.ts";
import { parseSeeds, seedsFrom } from "../seeds.ts";
import { trainRuns } from "../train-runs.ts";
import { reportsFolder, requireWritableReport } from "../writable.ts";
import { keepConfiguration, writeFiles } from "../write-files.ts";

/** The options of every report. */
export const reportOptions = {
  ...trainingOptions,
  datasets: {
    type: "string",
    suggest: datasetNames,
    default: "raf-db,ferplus" as string,
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
    describe: `folder of the report [default: ${reportsFolder}/<scale>]`,
  },
  threshold: {
    type: "string",
    suggest: Object.keys(thresholds),
    array: true,
    default: [] as string[],
    describe: "NAME|PATH|PACKAGE[:key=value,...]: a function f besides the paper's; repeatable",
  },
  "threshold-only": {
    type: "string",
    array: true,
    default: [] as string[],
    describe: "the only functions f, besides labels as given and true labels; repeatable",
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
  ...launchOptions,
} as const;

/** The options of these reports: with the data sets of one that is alone and has its own. */
function optionsOf([name, ...others]: readonly ReportName[]): typeof reportOptions {
  const { datasets }: ReportEntry = reports[name!];
  if (datasets === undefined || others.length > 0) return reportOptions;
  return { ...reportOptions, datasets: { ...reportOptions.datasets, default: datasets.join() } };
}

/** The command of one table or figure, or of several, which share their runs. */
export function reportCommand(names: readonly ReportName[], command: string): CommandModule {
  return defineCommand({
    options: optionsOf(names),
    facts: { "--plan": planJson },
    examples: [
      ["table2 --threshold ./my-threshold.ts", "a row for a function of your own"],
      ["table2 --threshold-only sigmoid --threshold-only linear", "rows for two functions"],
      ["table1 --datasets raf-db --seeds 5", "five seeds of one data set"],
      ["table2 --format latex", "the table for a paper: table2.tex"],
    ],
    async run(args, configuration) {
      requireEffect(command, [...new Set(names.flatMap((name) => reports[name].uses))], args);
      const definitions = await Promise.all(names.map((name) => reports[name].load()));
      await makeReports(definitions, names, { args, configuration });
    },
  });
}

/**
 * Plans the reports, trains what is missing, and writes their files.
 *
 * @param stems how the names of their files begin
 * @param check throws if the scale does not fit, before anything is drawn
 */
export async function makeReports(
  definitions: readonly ReportDefinition[],
  stems: readonly string[],
  {
    args,
    configuration,
  }: {
    readonly args: ArgsOf<typeof reportOptions>;
    readonly configuration: EffectiveConfiguration;
  },
  check: (scale: Scale) => void = () => {},
): Promise<void> {
  requirePlan(args);
  requireLaunch(args);
  const slurm = args.launcher === "slurm";
  const datasets = parseDatasets(args.datasets);
  const formats = parseNames("format", args.format, tableFormatNames);
  if (args.threshold.length > 0 && args.thresholdOnly.length > 0) {
    throw new CommandLineError(
      "--threshold and --threshold-only: expected one of them, got both. --threshold adds functions to the paper's four; --threshold-only names all.",
    );
  }
  const added = await loadThresholds("threshold", args.threshold, builtInThresholds());
  const only = await loadThresholds("threshold-only", args.thresholdOnly);
  const folderFor = (scale: string) => args.out ?? join(reportsFolder, scale);
  // The tasks' device need not be there where they are submitted.
  const here = slurm && args.backend === "onnx" ? { ...args, device: "cpu" as const } : args;
  const session = await openTraining(here, async (scale) => {
    check(scale);
    if (slurm && !args.plan) await requireSlurm();
    for (const stem of stems) await requireWritableReport("out", folderFor(scale.name), stem);
    if (args.data !== undefined) await requireDataFolder(datasets[0]!, args.data);
  });
  const { planner, engine, progress, runsFolder } = session;
  const { scale } = planner.request;
  const seeds =
    args.seeds === undefined
      ? seedsFrom(0, Math.min(...definitions.map((definition) => definition.seeds ?? scale.seeds)))
      : parseSeeds(args.seeds);

  const onlyThresholds = only.length === 0 ? undefined : only;
  const request = { datasets, seeds, thresholds: added, onlyThresholds };
  const plans = await planReports(definitions, planner, request, progress.say);
  const runs = plans.flatMap((plan) => plan.runs);
  const command = configuration.command.split(" ")[0]!;
  const results = await trainRuns(runs, session, {
    ...args,
    only: args.onlyRuns === undefined ? undefined : parseRunIds(args.onlyRuns),
    launch: slurm ? (plan) => launchOnSlurm(plan, session, { args, command }) : undefined,
  });
  if (results === undefined) return;

  const asked = plans.every(({ data }) => data) ? [] : datasets;
  const provenance = describeProvenance({
    scale: scale.name,
    seeds,
    data: await Promise.all(asked.map((name) => planner.describe(name))),
    backend: engine.backend,
    words: wordsToRepeat(),
  });
  const out = resolve(folderFor(scale.name));
  await keepConfiguration(out, configuration, progress.say);
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
    process.stdout.write(text);
    await writeFiles(out, files, progress.say);
  }
}

/** Functions f in the order of the command line. Throws a CommandLineError that names the flag. */
async function loadThresholds(
  flag: string,
  specs: readonly string[],
  others: readonly NamedThreshold[] = [],
): Promise<readonly NamedThreshold[]> {
  const labelOf = ({ threshold: { name, parameters } }: NamedThreshold) =>
    JSON.stringify([name, parameters]);
  try {
    const loaded = await Promise.all(
      specs.map(async (spec) => ({ spec, threshold: await loadThreshold(spec) })),
    );
    const labels = [...others, ...loaded].map(labelOf);
    const twice = loaded.find((one, i) => labels.indexOf(labelOf(one)) < others.length + i);
    if (twice === undefined) return loaded;
    throw new CommandLineError(
      `--${flag} ${twice.spec}: expected each function once, got ${twice.threshold.name} with these parameters twice. Leave one out.`,
    );
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    const { message: text, cause } = error;
    throw new CommandLineError(text.replace(/^--threshold /, `--${flag} `), { cause });
  }
}
