/**
 * @file What nobody can measure on real faces: how much of what masks remove carries no expression.
 * Masks of MGN in three forms beside masks that never look at the picture, on the test images.
 *
 *     pnpm exp masks --seeds 5
 */
import { masksTable } from "@mvt/report";
import { measureRuns } from "../masks/measure-run.ts";
import { UsageError } from "../usage-error.ts";
import { paperChoices } from "./paper-choices.ts";
import { tableReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

export default {
  id: "masks",
  async plan(workbench, { datasets, seeds, pretrained }) {
    const rows = await Promise.all(
      datasets.map(async (dataset) => {
        const { m } = paperChoices[dataset];
        const { dataset: found } = await workbench.prepare(dataset);
        if (found.groundTruth === undefined) {
          throw new UsageError(
            `masks: expected synthetic data, whose ground truth is known, found real ${found.title} data. Leave --data out, or name data of \`pnpm exp data synthesize\`.`,
          );
        }
        const runs = await Promise.all(
          seeds.map((seed) => workbench.planMgn({ dataset, seed, m, pretrained })),
        );
        return { title: found.title, m, runs };
      }),
    );
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, backend }) {
        const measured = await measureRuns(rows, { runsFolder, backend });
        return tableReport("masks", masksTable.build(measured, provenance));
      },
    };
  },
} satisfies ReportDefinition;
