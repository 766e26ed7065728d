/** @file `pnpm exp compare`: two or more finished runs on the same test images, from their predictions.csv. */
import { CommandLineError } from "@mvt/common";
import { compare, compareSeveralTable, compareTable, toCsv, toMarkdown, toText } from "@mvt/report";
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
      describe:
        "the beginning of a run's id; repeated: the first is A, with which the others are compared",
    },
    ...evaluationOptions,
    ...jsonOption,
  },
  facts: { compare: compareJson },
  examples: [
    ["compare --run 3f2a --run c09b", "does the second differ from the first?"],
    ["compare --run 3f2a --run c09b --run 71d4", "does any differ from the first?"],
  ],
  async run(args) {
    const [a, ...rest] = args.run;
    if (a === undefined || rest.length === 0) {
      throw new CommandLineError(
        "--run: expected it at least twice, got it once. Name two runs or more, such as --run 3f2a --run c09b.",
      );
    }
    const first = await predictedRun(args.runs, a);
    const others = await Promise.all(rest.map((prefix) => predictedRun(args.runs, prefix)));
    const ids = [first, ...others].map(({ id }) => id);
    const twice = ids.findIndex((id, i) => ids.indexOf(id) < i);
    if (twice > 0) {
      throw new CommandLineError(
        `--run ${args.run[ids.indexOf(ids[twice]!)]} --run ${args.run[twice]}: expected different runs, got run ${ids[twice]} twice. \`pnpm exp runs list\` shows all.`,
      );
    }
    await requireReport(args.report, ["compare"]);
    const comparisons = others.map((other) =>
      // Every pair is resampled alike.
      compare(first.predictions, alignPredictions(first, other), bootstrapOf(args)),
    );
    const provenance = await evaluationProvenance(
      [first, ...others].map(({ id, config }) => [id, config] as const),
      args.runs,
      describePredicted(first.config, "test", comparisons[0]!.n),
    );
    const table =
      others.length === 1
        ? compareTable([first.about, others[0]!.about], comparisons[0]!, provenance)
        : compareSeveralTable(
            first.about,
            others.map(({ about: run }, i) => ({ run, comparison: comparisons[i]! })),
            provenance,
          );
    if (args.json) {
      const [run, ...compared] = [first, ...others].map(({ about, config }) =>
        namedRun(about, config),
      );
      const pairs = compared.map((other, i) => ({ run: other, comparison: comparisons[i]! }));
      writeJson(compareJson, comparisonFacts(run!, pairs));
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
