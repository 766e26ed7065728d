/**
 * @file Table 2: accuracy by threshold function f, without MGN (section 4.3).
 *
 *     pnpm exp table2 --scale smoke     # a minute, checks the plumbing
 *     pnpm exp table2                   # synthetic faces, minutes on two cores
 *     pnpm exp table2 --data DIR --weights deit_small.safetensors
 *                                       # the paper: RAF-DB 86.86 / 87.09 / 87.20 / 87.45
 */
import type { DatasetName } from "@mvt/datasets";
import { instantiate, thresholds } from "@mvt/relabel";
import type { Threshold } from "@mvt/relabel";
import type { Table2Row } from "@mvt/report";
import type { PlannedRun } from "../runs/plan.ts";
import { dataKind } from "../runs/provenance.ts";
import type { RunResult } from "../runs/result.ts";
import type { NamedThreshold, RelabelOptions, Workbench } from "./workbench.ts";

export interface Table2Options {
  readonly datasets: readonly DatasetName[];
  readonly seeds: readonly number[];
  /** Rows beside the paper's four. */
  readonly added: readonly NamedThreshold[];
  readonly relabel: Omit<RelabelOptions, keyof NamedThreshold>;
}

interface PlannedRow {
  readonly threshold: Threshold;
  readonly plugin: boolean;
  readonly runs: readonly PlannedRun[];
}

/** The rows of the table and the runs they need. */
export async function planTable2(
  workbench: Workbench,
  { datasets, seeds, added, relabel }: Table2Options,
): Promise<readonly PlannedRow[]> {
  const functions: readonly NamedThreshold[] = [
    ...Object.entries(thresholds).map(([spec, definition]) => ({
      spec,
      threshold: instantiate<string>(definition, {}),
    })),
    ...added,
  ];
  const rows: PlannedRow[] = [];
  for (const dataset of datasets) {
    for (const { spec, threshold } of functions) {
      const runs = await Promise.all(
        seeds.map((seed) =>
          workbench.plan({ dataset, seed, relabel: { ...relabel, spec, threshold } }),
        ),
      );
      rows.push({ threshold, plugin: !(threshold.name in thresholds), runs });
    }
  }
  return rows;
}

/** The table's rows from the results of their runs. */
export function table2Rows(
  rows: readonly PlannedRow[],
  resultOf: (run: PlannedRun) => RunResult,
): readonly Table2Row[] {
  return rows.map(({ threshold: { name, parameters }, plugin, runs }) => {
    const [{ config, data }] = runs as readonly [PlannedRun];
    return {
      dataset: data.dataset.title,
      kind: dataKind(data.dataset),
      f: { name, parameters, plugin },
      delta: config.relabel!.delta,
      runs: runs.map((run) => {
        const { id, seed, validation, last, bestOnTest, relabel } = resultOf(run);
        return { id, seed, validation, last, bestOnTest, ...(relabel ? { relabel } : {}) };
      }),
    };
  });
}
