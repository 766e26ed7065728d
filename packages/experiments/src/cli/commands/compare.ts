/** @file `pnpm exp compare`: two finished runs on the same test images, from their predictions.csv. */
import type { Argv } from "yargs";
import { compare, compareTable, toCsv, toMarkdown, toText } from "@mvt/report";
import { alignAnswers } from "../../runs/align-predictions.ts";
import { findRun } from "../../runs/run-folder.ts";
import { readPredictions } from "../../runs/predictions.ts";
import { CommandLineError } from "../../usage-error.ts";
import {
  bootstrapOf,
  classifierConfigOf,
  describeAnswered,
  evaluatedRunOf,
  measureOptions,
  measureProvenance,
  requireReport,
  writeReport,
} from "../evaluation-report.ts";
import { runOptions } from "../options.ts";

export function builder(cli: Argv) {
  const { runs } = runOptions;
  return cli
    .options({
      runs,
      run: {
        type: "string",
        array: true,
        demandOption: true,
        describe: "the beginning of a run's id; given twice, for A and for B",
      },
    })
    .options(measureOptions)
    .example("$0 compare --run 3f2a --run c09b", "does the second differ from the first?");
}

export async function run(args: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  const bootstrap = bootstrapOf(args);
  const [a, b, ...more] = args.run;
  if (a === undefined || b === undefined || more.length > 0) {
    throw new CommandLineError(
      `--run: expected it twice, got it ${args.run.length === 1 ? "once" : `${args.run.length} times`}. Name two runs, such as --run 3f2a --run c09b.`,
    );
  }
  const [first, second] = [await answeredRun(args.runs, a), await answeredRun(args.runs, b)];
  if (first.id === second.id) {
    throw new CommandLineError(
      `--run ${a} --run ${b}: expected two runs, got run ${first.id} twice. \`pnpm exp runs list\` shows all.`,
    );
  }
  await requireReport(args.report, ["compare"]);
  const comparison = compare(first.answers, alignAnswers(first, second), bootstrap);
  const provenance = measureProvenance(
    [first.config.seed, second.config.seed],
    describeAnswered(first.config, "test", comparison.n),
  );
  const table = compareTable([first.about, second.about], comparison, provenance);
  process.stdout.write(toText(table));
  await writeReport(args.report, { "compare.md": toMarkdown(table), "compare.csv": toCsv(table) });
}

async function answeredRun(runsFolder: string, prefix: string) {
  const folder = await findRun(runsFolder, prefix);
  const config = await classifierConfigOf(folder);
  const answers = await readPredictions(folder);
  const of = { split: "test", weights: "validation-best" };
  return { id: folder.id, config, answers, about: await evaluatedRunOf(folder, config, of) };
}
