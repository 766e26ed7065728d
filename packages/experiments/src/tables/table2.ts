/**
 * @file Table 2: accuracy by threshold function f, without MGN (section 4.3).
 *
 *     pnpm exp table2 --scale smoke     # half a minute, checks the plumbing
 *     pnpm exp table2                   # synthetic faces, minutes on two cores
 *     pnpm exp table2 --data DIR --weights deit_small.safetensors
 *                                       # the paper: RAF-DB 86.86 / 87.09 / 87.20 / 87.45
 */
import { instantiate, thresholds } from "@mvt/relabel";
import type { Threshold } from "@mvt/relabel";
import { table2 } from "@mvt/report";
import type { Dataset } from "@mvt/datasets";
import type { PlannedClassifier } from "../runs/plan.ts";
import { dataKind } from "../runs/provenance.ts";
import { resultOf, tableReport } from "./report-definition.ts";
import type { ReportDefinition, ReportOptions } from "./report-definition.ts";
import type { NamedThreshold, Workbench } from "./workbench.ts";

/** One function f on one data set, with every seed. */
export interface RelabelRow {
  readonly dataset: Dataset;
  readonly threshold: Threshold;
  readonly plugin: boolean;
  readonly delta: number;
  readonly runs: readonly PlannedClassifier[];
}

export default {
  id: "table2",
  async plan(workbench, options) {
    const rows = await planRelabelRows(workbench, options);
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
  workbench: Workbench,
  { datasets, seeds, added, relabel, pretrained }: ReportOptions,
): Promise<readonly RelabelRow[]> {
  const functions = [...builtInThresholds(), ...added];
  return Promise.all(
    datasets
      .flatMap((dataset) => functions.map((f) => ({ dataset, f })))
      .map(async ({ dataset, f }) => {
        const runs = await Promise.all(
          seeds.map((seed) =>
            workbench.plan({ dataset, seed, pretrained, relabel: { ...relabel, ...f } }),
          ),
        );
        const { threshold } = f;
        return {
          dataset: (await workbench.prepare(dataset)).dataset,
          threshold,
          plugin: !(threshold.name in thresholds),
          delta: runs[0]!.config.relabel!.delta,
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
