/**
 * @file Table 1: accuracy by mask ratio m, without relabelling (section 4.3).
 *
 *     pnpm exp table1                   # synthetic faces, minutes on two cores
 *     pnpm exp table1 --data DIR --weights deit_small.safetensors
 *                                       # the paper: RAF-DB 86.7 / 87.52 / 87.91 / 87.45
 */
import { table1 } from "@mvt/report/tables/table1";
import { dataKind } from "../runs/provenance.ts";
import { tableReport, testedRuns } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

/** 0 is the baseline, without MGN. */
const maskRatios = [0, 0.1, 0.15, 0.2];

export default {
  async plan(planner, { datasets, seeds }) {
    const rows = await Promise.all(
      datasets
        .flatMap((dataset) => maskRatios.map((m) => ({ dataset, m })))
        .map(async ({ dataset, m }) => {
          const mgn = m === 0 ? undefined : { m };
          const runs = await Promise.all(
            seeds.map((seed) => planner.classifier({ dataset, seed, mgn })),
          );
          return { dataset: (await planner.prepare(dataset)).dataset, m, runs };
        }),
    );
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, select, formats }) {
        const measured = await Promise.all(
          rows.map(async ({ dataset, m, runs }) => ({
            dataset: dataset.title,
            kind: dataKind(dataset),
            m,
            runs: await testedRuns(runs, runsFolder),
          })),
        );
        return tableReport("table1", table1.build(measured, provenance, { select }), formats);
      },
    };
  },
} satisfies ReportDefinition;
