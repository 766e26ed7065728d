/**
 * @file What a table or a figure is: the runs it needs, and what is made of them once they are done.
 */
import type { Backend } from "@mvt/core";
import type { DatasetName } from "@mvt/datasets";
import { toCsv, toMarkdown } from "@mvt/report";
import type { DataDescription, Provenance, Selection, Table, TestedRun } from "@mvt/report";
import type { PlannedClassifier, PlannedRun } from "../runs/planned-run.ts";
import type { ClassifierResult } from "../runs/result.ts";
import { openRun } from "../runs/run-folder.ts";
import { UnavailableError } from "../usage-error.ts";
import type { NamedThreshold, RelabelOptions, Workbench } from "./planner.ts";

/** What the command line asks of every table and figure. */
export interface ReportOptions {
  readonly datasets: readonly DatasetName[];
  readonly seeds: readonly number[];
  /** Functions f beside the paper's four. */
  readonly added: readonly NamedThreshold[];
  readonly relabel: Omit<RelabelOptions, keyof NamedThreshold>;
  /** False where `--weights none` asks for training from scratch. */
  readonly pretrained: boolean;
}

export interface ReportContext {
  readonly runsFolder: string;
  readonly provenance: Provenance;
  readonly select: Selection;
  readonly backend: Backend;
  /** Figures as PNG besides SVG. */
  readonly png: boolean;
}

export interface Report {
  /** By file name. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** For stdout. */
  readonly text: string;
}

export interface ReportPlan {
  readonly runs: readonly PlannedRun[];
  /** What its provenance says of the data, where they are not the data sets that were asked for. */
  readonly data?: readonly DataDescription[];
  /** Called when all runs are finished. */
  readonly make: (context: ReportContext) => Promise<Report>;
}

export interface ReportDefinition {
  /** The name typed after `pnpm exp`. */
  readonly id: string;
  /** Runs per row unless --seeds says otherwise, where the scale's number would take too long. */
  readonly seeds?: number;
  readonly plan: (workbench: Workbench, options: ReportOptions) => Promise<ReportPlan>;
}

/** The plans of all reports; one that is unavailable is left out with a word to `say`, unless it is the only one. */
export async function planReports(
  definitions: readonly ReportDefinition[],
  workbench: Workbench,
  options: ReportOptions,
  say: (line: string) => void,
): Promise<readonly ReportPlan[]> {
  const plans = await Promise.all(
    definitions.map(({ plan }) =>
      plan(workbench, options).catch((error: unknown) => {
        if (definitions.length === 1 || !(error instanceof UnavailableError)) throw error;
        say(`left out: ${error.message}`);
      }),
    ),
  );
  return plans.filter((plan) => plan !== undefined);
}

/** A table as Markdown and CSV. */
export function tableReport(id: string, table: Table): Report {
  const markdown = toMarkdown(table);
  return { files: { [`${id}.md`]: markdown, [`${id}.csv`]: toCsv(table) }, text: markdown };
}

/** The result of a finished classifier. */
export async function resultOf(
  { id }: PlannedClassifier,
  runsFolder: string,
): Promise<ClassifierResult> {
  return (await openRun(runsFolder, id).result()) as ClassifierResult;
}

/** The test counts of finished runs, as tables take them. */
export function testedRuns(
  runs: readonly PlannedClassifier[],
  runsFolder: string,
): Promise<readonly TestedRun[]> {
  return Promise.all(
    runs.map(async (run) => {
      const { id, seed, validation, last, bestOnTest } = await resultOf(run, runsFolder);
      return { id, seed, validation, last, bestOnTest };
    }),
  );
}
