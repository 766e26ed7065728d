/**
 * @file Table 2: accuracy by threshold function f, without MGN (section 4.3), between two bounds: labels as given, and
 * the true labels where they are known.
 *
 *     pnpm exp table2 --scale smoke     # a minute, to check that all works
 *     pnpm exp table2                   # synthetic faces, minutes on two cores
 *     pnpm exp table2 --data DIR --weights deit_small.safetensors
 *                                       # the paper: RAF-DB 86.86 / 87.09 / 87.20 / 87.45
 */
import { table2 } from "@mvt/report/tables/table2";
import type { Dataset } from "@mvt/datasets";
import { dataKind } from "../runs/provenance.ts";
import { functionsOf, labelledRuns, planGiven, planThreshold, planTruth } from "./label-rows.ts";
import type { LabelRow } from "./label-rows.ts";
import { tableReport } from "./report-definition.ts";
import type { ReportDefinition, ReportRequest } from "./report-definition.ts";
import type { Planner } from "./planner.ts";

/** One row on one data set. */
export interface Table2Plan extends LabelRow {
  readonly dataset: Dataset;
}

export default {
  select: "last",
  async plan(planner, request) {
    const rows = (await planTable2(planner, request)).flat();
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, select, formats }) {
        const measured = await Promise.all(
          rows.map(async ({ dataset, labelling, runs }) => ({
            dataset: dataset.title,
            kind: dataKind(dataset),
            labelling,
            runs: await labelledRuns(runs, runsFolder),
          })),
        );
        return tableReport("table2", table2.build(measured, provenance, { select }), formats);
      },
    };
  },
} satisfies ReportDefinition;

/** The rows of each data set: as given, the paper's four functions, those that were added, and true labels if known. */
export function planTable2(
  planner: Planner,
  request: ReportRequest,
): Promise<readonly (readonly Table2Plan[])[]> {
  const { datasets, seeds } = request;
  const functions = functionsOf(request);
  return Promise.all(
    datasets.map(async (name) => {
      const { dataset, trainTruth } = await planner.prepare(name);
      const spec = { dataset: name };
      const knowsTruth = trainTruth !== undefined || planner.request.noise !== undefined;
      const rows = await Promise.all([
        planGiven(planner, spec, seeds),
        ...functions.map((f) => planThreshold(planner, f, spec, seeds)),
        ...(knowsTruth ? [planTruth(planner, spec, seeds)] : []),
      ]);
      return rows.map((row) => ({ dataset, ...row }));
    }),
  );
}
