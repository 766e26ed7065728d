/**
 * @file What makes masks depend on the picture and not on the position alone: one change after another,
 * measured against the ground truth of synthetic faces. `pnpm exp masks` measures the paper's setting.
 *
 *     pnpm exp mask-factors               # one seed, some five minutes on two cores
 *     pnpm exp mask-factors --seeds 5     # with the spread that a conclusion needs
 */
import { masksTable } from "@mvt/report";
import { measureRuns } from "../masks/measure-run.ts";
import { describeData } from "../runs/provenance.ts";
import { maskFactors, maskFactorsDataset as dataset } from "./mask-factor-settings.ts";
import { tableReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

export default {
  id: "mask-factors",
  seeds: 1,
  async plan(workbench, { seeds, pretrained }) {
    const rows = await Promise.all(
      maskFactors(workbench.scale).map(async ({ m, setting }) => {
        const prepared = await workbench.prepare(dataset, setting);
        const runs = await Promise.all(
          seeds.map((seed) => workbench.planMgn({ dataset, seed, m, pretrained, setting })),
        );
        return { m, prepared, runs, title: `${prepared.dataset.title}, ${setting.title}` };
      }),
    );
    return {
      data: rows.map(({ title, prepared }) => ({ ...describeData(prepared), title })),
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, backend }) {
        const measured = await measureRuns(rows, { runsFolder, backend });
        const title = "What makes masks depend on the picture";
        return tableReport("mask-factors", masksTable.build(measured, provenance, { title }));
      },
    };
  },
} satisfies ReportDefinition;
