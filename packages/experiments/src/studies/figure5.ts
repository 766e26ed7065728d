/**
 * @file Figure 5: the threshold functions with their cut-offs, and test accuracy per epoch by f, from
 * the runs of Table 2.
 *
 *     pnpm exp figure5 [--png]
 */
import { UserError } from "@mvt/common";
import { cutOff } from "@mvt/relabel";
import { figure5 } from "@mvt/report/figures/figure5";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { dataKind } from "../runs/provenance.ts";
import { epochMetrics } from "../runs/result.ts";
import { readMetrics } from "../runs/read-metrics.ts";
import { openRun } from "../runs/run-folder.ts";
import { figureReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";
import { functionsOf } from "./label-rows.ts";
import { planTable2 } from "./table2.ts";

/** Steps of P_gt from 0 to 1/2, beyond which nothing can be relabelled. */
const steps = 50;

export default {
  async plan(planner, request) {
    const groups = (await planTable2(planner, request)).map((rows) =>
      rows.flatMap(({ dataset, labelling, runs }) =>
        labelling.labels === "relabelled" ? [{ dataset, name: labelling.f.name, runs }] : [],
      ),
    );
    const runs = groups.flat().flatMap((row) => row.runs);
    if (runs.some(({ config }) => config.training.tests === "at-end")) {
      throw new UserError(
        "figure5: expected runs that are tested after every epoch, got tests=at-end. Leave out --set tests=at-end.",
      );
    }
    const { delta } = planner.request;
    const functions = functionsOf(request).map(({ threshold }) => ({
      name: threshold.name,
      points: Array.from({ length: steps + 1 }, (_, i) => {
        const pGt = i / (2 * steps);
        return [pGt, threshold.f(pGt)] as const;
      }),
      cutOff: cutOff(threshold, delta),
      example: threshold.inContext !== undefined,
    }));
    return {
      runs,
      async make({ runsFolder, ...context }) {
        const convergence = await Promise.all(
          groups.map(async (group) => ({
            dataset: group[0]!.dataset.title,
            relabelStart: group[0]!.runs[0]!.config.relabel!.startEpoch,
            curves: await Promise.all(
              group.map(async ({ name, runs: seeds }) => ({
                name,
                seeds: await Promise.all(seeds.map((run) => testCurve(run, runsFolder))),
              })),
            ),
          })),
        );
        const synthetic = groups.flat().some(({ dataset }) => dataKind(dataset) === "synthetic");
        const svg = await figure5.draw({ delta, functions, convergence, synthetic });
        return figureReport(figure5, svg, context);
      },
    };
  },
} satisfies ReportDefinition;

/** Test accuracy after each epoch of a finished run. */
async function testCurve(
  { id }: PlannedClassifier,
  runsFolder: string,
): Promise<readonly number[]> {
  const metrics = await readMetrics(openRun(runsFolder, id), epochMetrics);
  return metrics.flatMap(({ test }) => (test ? [test.k / test.n] : []));
}
