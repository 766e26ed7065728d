/**
 * @file Figure 6: confusion matrices of MGN with relabelling (AffectNet without, as in the paper), counts and row percentages, all seeds
 * added up, with the weights of the validation-chosen epoch.
 *
 *     pnpm exp figure6 [--png]
 */
import { parse } from "csv-parse/sync";
import { figure6 } from "@mvt/report";
import type { PlannedClassifier } from "../runs/plan.ts";
import { dataKind } from "../runs/provenance.ts";
import { openRun } from "../runs/store.ts";
import { paperChoices } from "./paper-choices.ts";
import { figureReport } from "./figure-report.ts";
import type { ReportDefinition } from "./report-definition.ts";
import { planCombinations } from "./table3.ts";

export default {
  id: "figure6",
  async plan(workbench, options) {
    const combinations = await planCombinations(workbench, options);
    const both = combinations.filter(
      ({ dataset, mgn, relabel }) =>
        mgn !== undefined && (relabel || paperChoices[dataset].f === undefined),
    );
    return {
      runs: both.flatMap(({ runs }) => runs),
      async make({ runsFolder, png }) {
        const matrices = await Promise.all(
          both.map(async ({ runs }) => {
            const { dataset, classes } = runs[0]!.data;
            const counts = await confusionMatrix(runs, classes, runsFolder);
            return { dataset: dataset.title, classes, counts };
          }),
        );
        const synthetic = both.some(({ runs }) => dataKind(runs[0]!.data.dataset) === "synthetic");
        return figureReport("figure6", await figure6(matrices, { synthetic }), png);
      },
    };
  },
} satisfies ReportDefinition;

/** Images by true class (row) and predicted class (column), from predictions.csv of every run. */
async function confusionMatrix(
  runs: readonly PlannedClassifier[],
  classes: readonly string[],
  runsFolder: string,
): Promise<readonly (readonly number[])[]> {
  const counts = classes.map(() => classes.map(() => 0));
  for (const { id } of runs) {
    const csv = (await openRun(runsFolder, id).read("predictions.csv"))!;
    const rows: readonly { readonly label: string; readonly predicted: string }[] = parse(csv, {
      columns: true,
    });
    for (const { label, predicted } of rows) {
      counts[classes.indexOf(label)]![classes.indexOf(predicted)]! += 1;
    }
  }
  return counts;
}
