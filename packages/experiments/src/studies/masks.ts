/**
 * @file How much of what masks remove carries no expression, which only synthetic faces can tell: MGN's masks in three
 * forms, compared with masks that do not depend on the image, on the test images.
 *
 *     pnpm exp masks --seeds 5
 */
import { UserError } from "@mvt/common";
import { masksTable } from "@mvt/report/tables/masks-table";
import { measureRuns } from "../masks/measure-run.ts";
import { paperChoices } from "./paper-choices.ts";
import { tableReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

export default {
  async plan(planner, { datasets, seeds }) {
    const rows = await Promise.all(
      datasets.map(async (dataset) => {
        const { m } = paperChoices[dataset];
        const { dataset: found } = await planner.prepare(dataset);
        if (found.groundTruth === undefined) {
          throw new UserError(
            `masks: expected synthetic data, whose ground truth is known, found real data (${found.title}). Leave --data out, or name data of \`pnpm exp data synthesize\`.`,
          );
        }
        const runs = await Promise.all(
          seeds.map((seed) => planner.maskGenerator({ dataset, seed, m })),
        );
        return { title: found.title, m, runs };
      }),
    );
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, backend, formats }) {
        const measured = await measureRuns(rows, { runsFolder, backend });
        return tableReport("masks", masksTable.build(measured, provenance), formats);
      },
    };
  },
} satisfies ReportDefinition;
