/**
 * @file Figure 6: confusion matrices of MGN with relabelling, counts and row percentages, all seeds
 * added up, with the weights of the validation-chosen epoch.
 *
 *     pnpm exp figure6 [--png]
 */
import { confusionMatrix } from "@mvt/report";
import { figure6 } from "@mvt/report/figures/figure6";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { dataKind } from "../runs/provenance.ts";
import { openRun } from "../runs/run-folder.ts";
import { readPredictions } from "../runs/predictions.ts";
import { planBest } from "./combinations.ts";
import { figureReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

export default {
  async plan(planner, request) {
    const best = await planBest(planner, request);
    return {
      runs: best.flatMap(({ runs }) => runs),
      async make({ runsFolder, ...context }) {
        const matrices = await Promise.all(
          best.map(async ({ runs }) => {
            const { dataset, classes } = runs[0]!.data;
            const counts = await addedUp(runs, runsFolder);
            return { dataset: dataset.title, classes, counts, seeds: runs.length };
          }),
        );
        const synthetic = best.some(({ runs }) => dataKind(runs[0]!.data.dataset) === "synthetic");
        return figureReport(figure6, await figure6.draw(matrices, { synthetic }), context);
      },
    };
  },
} satisfies ReportDefinition;

/** Images by true class (row) and predicted class (column), over all runs. */
async function addedUp(
  runs: readonly PlannedClassifier[],
  runsFolder: string,
): Promise<readonly (readonly number[])[]> {
  const matrices = await Promise.all(
    runs.map(async ({ id }) => confusionMatrix(await readPredictions(openRun(runsFolder, id)))),
  );
  return matrices.reduce((sum, matrix) =>
    sum.map((row, i) => row.map((count, j) => count + matrix[i]![j]!)),
  );
}
