/** @file The table of `pnpm exp train` with several values of settings, or several seeds. */
import { CommandLineError } from "@mvt/common";
import type { Provenance } from "@mvt/report";
import { settingsTable } from "@mvt/report/tables/settings-table";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { dataKind } from "../runs/provenance.ts";
import { defaultFormats, tableReport, testedRuns } from "./report-definition.ts";
import type { Report } from "./report-definition.ts";

/** One combination of values, with every seed. */
export interface SettingsPlan {
  /** By the paths of the settings. */
  readonly values: ReadonlyMap<string, string>;
  readonly runs: readonly PlannedClassifier[];
}

/** Throws a CommandLineError if two combinations are one and the same run. */
export function requireDistinctRuns(rows: readonly SettingsPlan[]): void {
  const seen = new Map<string, SettingsPlan>();
  for (const row of rows) {
    for (const { id, title } of row.runs) {
      if (seen.has(id)) {
        const [a, b] = [seen.get(id)!, row].map(({ values }) =>
          [...values].map(([path, value]) => `${path}=${value}`).join(" "),
        );
        throw new CommandLineError(
          `--set: expected values that differ, but ${a} and ${b} are one run, ${title} (run ${id}). Leave one out.`,
        );
      }
      seen.set(id, row);
    }
  }
}

/** The table of finished runs, each row compared with the first. */
export async function settingsReport(
  rows: readonly SettingsPlan[],
  runsFolder: string,
  provenance: Provenance,
): Promise<Report> {
  const measured = await Promise.all(
    rows.map(async ({ values, runs }) => {
      const { dataset } = runs[0]!.data;
      const tested = await testedRuns(runs, runsFolder);
      return { values, dataset: dataset.title, kind: dataKind(dataset), runs: tested };
    }),
  );
  const { id } = settingsTable;
  return tableReport(
    id,
    settingsTable.build(measured, provenance, { select: "validation" }),
    defaultFormats,
  );
}
