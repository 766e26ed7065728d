/**
 * @file Table 2: accuracy by threshold function f, without MGN (section 4.3).
 *
 *     pnpm exp table2 --scale smoke     # a minute, to check that all works
 *     pnpm exp table2                   # synthetic faces, minutes on two cores
 *     pnpm exp table2 --data DIR --weights deit_small.safetensors
 *                                       # the paper: RAF-DB 86.86 / 87.09 / 87.20 / 87.45
 */
import { instantiate, thresholds } from "@mvt/relabel";
import type { Threshold } from "@mvt/relabel";
import { table2 } from "@mvt/report/tables/table2";
import type { Dataset } from "@mvt/datasets";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { dataKind } from "../runs/provenance.ts";
import { resultOf, tableReport } from "./report-definition.ts";
import type { ReportDefinition, ReportRequest } from "./report-definition.ts";
import type { NamedThreshold, Planner } from "./planner.ts";

/** One function f on one data set, with every seed. */
export interface RelabelRow {
  readonly dataset: Dataset;
  readonly threshold: Threshold;
  readonly plugin: boolean;
  readonly delta: number;
  readonly runs: readonly PlannedClassifier[];
}

export default {
  async plan(planner, request) {
    const rows = await planRelabelRows(planner, request);
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, select }) {
        const measured = await Promise.all(
          rows.map(async ({ dataset, threshold: { name, parameters }, plugin, delta, runs }) => ({
            dataset: dataset.title,
            kind: dataKind(dataset),
            f: { name, parameters, plugin },
            delta,
            runs: await Promise.all(runs.map((run) => resultOf(run, runsFolder))),
          })),
        );
        return tableReport("table2", table2.build(measured, provenance, { select }));
      },
    };
  },
} satisfies ReportDefinition;

/** The paper's four functions, then those that were added, on every data set. */
export async function planRelabelRows(
  planner: Planner,
  { datasets, seeds, thresholds: added }: ReportRequest,
): Promise<readonly RelabelRow[]> {
  const functions = [...builtInThresholds(), ...added];
  return Promise.all(
    datasets
      .flatMap((dataset) => functions.map((f) => ({ dataset, f })))
      .map(async ({ dataset, f }) => {
        const runs = await Promise.all(
          seeds.map((seed) => planner.classifier({ dataset, seed, relabel: f })),
        );
        const { threshold } = f;
        return {
          dataset: (await planner.prepare(dataset)).dataset,
          threshold,
          plugin: !(threshold.name in thresholds),
          delta: planner.request.delta,
          runs,
        };
      }),
  );
}

/** Constant, linear, quadratic, sigmoid, with their default parameters. */
export function builtInThresholds(): readonly NamedThreshold[] {
  return Object.entries(thresholds).map(([spec, definition]) => ({
    spec,
    threshold: instantiate<string>(definition, {}),
  }));
}
