/** @file `pnpm exp compare`: two finished runs on the same test images, from their predictions.csv. */
import { CommandLineError } from "@mvt/common";
import { compare, compareTable, toCsv, toMarkdown, toText } from "@mvt/report";
import { toHtml } from "@mvt/report/html/table-page";
import { compareJson, comparisonFacts, namedRun } from "../../evaluation/evaluation-facts.ts";
import { alignPredictions } from "../../runs/align-predictions.ts";
import { readPredictions } from "../../runs/predictions.ts";
import { findRun } from "../../runs/run-folder.ts";
import { defineCommand } from "../command.ts";
import {
  bootstrapOf,
  classifierConfigOf,
  describePredicted,
  evaluatedRunOf,
  evaluationOptions,
  evaluationProvenance,
  requireReport,
  writeReport,
} from "../evaluation-report.ts";
import { jsonOption, writeJson } from "../json-output.ts";
import { runsOption } from "../options.ts";

export default defineCommand({
  options: {
    runs: runsOption,
    run: {
      type: "string",
      array: true,
      demandOption: true,
      suggest: "run",
      describe: "the beginning of a run's id; given twice, for A and for B",
    },
    ...evaluationOptions,
    ...jsonOption,
  },
  facts: { compare: compareJson },
  examples: [["compare --run 3f2a --run c09b", "does the second differ from the first?"]],
  async run(args) {
    const bootstrap = bootstrapOf(args);
    const [a, b, ...more] = args.run;
    if (a === undefined || b === undefined || more.length > 0) {
      throw new CommandLineError(
        `--run: expected it twice, got it ${args.run.length === 1 ? "once" : `${args.run.length} times`}. Name two runs, such as --run 3f2a --run c09b.`,
      );
    }
    const [first, second] = [await predictedRun(args.runs, a), await predictedRun(args.runs, b)];
    if (first.id === second.id) {
      throw new CommandLineError(
        `--run ${a} --run ${b}: expected two runs, got run ${first.id} twice. \`pnpm exp runs list\` shows all.`,
      );
    }
    await requireReport(args.report, ["compare"]);
    const comparison = compare(first.predictions, alignPredictions(first, second), bootstrap);
    const provenance = await evaluationProvenance(
      [first, second].map(({ id, config }) => [id, config] as const),
      args.runs,
      describePredicted(first.config, "test", comparison.n),
    );
    const table = compareTable([first.about, second.about], comparison, provenance);
    if (args.json) {
      const runs = [first, second].map(({ about, config }) => namedRun(about, config));
      writeJson(compareJson, comparisonFacts([runs[0]!, runs[1]!], comparison));
    } else process.stdout.write(toText(table));
    await writeReport(args.report, {
      "compare.md": toMarkdown(table),
      "compare.csv": toCsv(table),
      "compare.html": toHtml(table),
    });
  },
});

async function predictedRun(runsFolder: string, prefix: string) {
  const folder = await findRun(runsFolder, prefix);
  const config = await classifierConfigOf(folder);
  const predictions = await readPredictions(folder);
  const of = { split: "test", weights: "validation-best" };
  return { id: folder.id, config, predictions, about: await evaluatedRunOf(folder, config, of) };
}
