/** @file What a table or a figure is: the runs it needs, and what is made of them once they are finished. */
import { existsSync } from "node:fs";
import { UserError } from "@mvt/common";
import type { Backend } from "@mvt/core";
import type { DatasetName } from "@mvt/datasets";
import { svgToPng, toCsv, toLatex, toMarkdown } from "@mvt/report";
import type {
  DataDescription,
  LabelledPredictions,
  Provenance,
  Selection,
  Table,
  TestedRun,
} from "@mvt/report";
import { figurePage } from "@mvt/report/html/figure-page";
import { toHtml } from "@mvt/report/html/table-page";
import type { PlannedClassifier, PlannedRun } from "../runs/planned-run.ts";
import { readPredictions } from "../runs/predictions.ts";
import type { ClassifierResult } from "../runs/result.ts";
import { openRun } from "../runs/run-folder.ts";
import type { Scale } from "../settings/scales.ts";
import type { NamedThreshold, Planner, StudySetting } from "./planner.ts";

/** The rows that were asked for of every table and figure. */
export interface ReportRequest {
  readonly datasets: readonly DatasetName[];
  readonly seeds: readonly number[];
  /** Functions f besides the paper's four. */
  readonly thresholds: readonly NamedThreshold[];
  /** The only functions f, where the rows are functions. */
  readonly onlyThresholds?: readonly NamedThreshold[];
}

export interface ReportContext {
  readonly runsFolder: string;
  readonly provenance: Provenance;
  readonly select: Selection;
  readonly backend: Backend;
  /** Figures as PNG besides SVG. */
  readonly png: boolean;
  /** The files of each table; a figure has a page where HTML is among them. */
  readonly formats: readonly TableFormat[];
}

/** What a table is written as, with the ending of the file's name. */
export const tableFormats = { markdown: "md", csv: "csv", html: "html", latex: "tex" } as const;

export type TableFormat = keyof typeof tableFormats;

export const tableFormatNames = Object.keys(tableFormats) as readonly TableFormat[];

/** What a table is written as unless --format says otherwise. */
export const defaultFormats = ["markdown", "csv", "html"] as const satisfies readonly TableFormat[];

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
  /** Runs per row unless --seeds says otherwise, where the scale's number would take too long. */
  readonly seeds?: number;
  /** The epoch whose accuracy it shows unless --select says otherwise. Default "validation". */
  readonly select?: Selection;
  /** Of a study: the settings under which it trains at a scale. */
  readonly settings?: (scale: Scale) => readonly StudySetting[];
  readonly plan: (planner: Planner, request: ReportRequest) => Promise<ReportPlan>;
}

/** What one report needs is missing: when several are made, the others are made without it. */
export class UnavailableError extends UserError {
  override readonly name = "UnavailableError";
}

/** A plan with the epoch whose accuracy its report shows by default. */
export interface PlannedReport extends ReportPlan {
  readonly select: Selection;
}

/** The plans of all reports; one that is unavailable is left out and reported to `say`, unless it is the only one. */
export async function planReports(
  definitions: readonly ReportDefinition[],
  planner: Planner,
  request: ReportRequest,
  say: (line: string) => void,
): Promise<readonly PlannedReport[]> {
  const plans = await Promise.all(
    definitions.map(async ({ plan, select = "validation" }) => {
      try {
        return { ...(await plan(planner, request)), select };
      } catch (error) {
        if (definitions.length === 1 || !(error instanceof UnavailableError)) throw error;
        say(`left out: ${error.message}`);
        return undefined;
      }
    }),
  );
  return plans.filter((plan) => plan !== undefined);
}

interface WrittenTable {
  readonly id: string;
  /** SVG that its page shows as well. */
  readonly figures: readonly string[];
}

const writers: Readonly<Record<TableFormat, (table: Table, about: WrittenTable) => string>> = {
  markdown: toMarkdown,
  csv: toCsv,
  html: toHtml,
  latex: toLatex,
};

/** A table in these formats, each a file; the text is Markdown, whatever the files are. */
export function tableReport(
  id: string,
  table: Table,
  formats: readonly TableFormat[],
  figures: readonly string[] = [],
): Report {
  const files = formats.map((format) => [
    `${id}.${tableFormats[format]}`,
    writers[format](table, { id, figures }),
  ]);
  return { files: Object.fromEntries(files), text: toMarkdown(table) };
}

/** Pixels: wide enough for two panels on a screen of high density. */
const pngWidth = 1600;

/** A figure as SVG, where it is asked for as PNG, and as a page. */
export async function figureReport(
  { id, title }: { readonly id: string; readonly title: string },
  svg: string,
  context: Pick<ReportContext, "png" | "formats" | "provenance">,
): Promise<Report> {
  const files = {
    ...(await drawingFiles(id, svg, context.png)),
    ...pageOf({ id, title, figures: [svg] }, context),
  };
  return { files, text: "" };
}

/** The files of a figure that is shown on the page of a table. */
export async function drawingFiles(
  id: string,
  svg: string,
  png: boolean,
): Promise<Report["files"]> {
  const pixels = png ? { [`${id}.png`]: await svgToPng(svg, { width: pngWidth }) } : {};
  return { [`${id}.svg`]: svg, ...pixels };
}

/** The page of a figure, which is several drawings where there are several data sets; none unless HTML is asked for. */
export function pageOf(
  {
    id,
    title,
    figures,
  }: { readonly id: string; readonly title: string; readonly figures: readonly string[] },
  { formats, provenance }: Pick<ReportContext, "formats" | "provenance">,
): Report["files"] {
  if (!formats.includes("html")) return {};
  return { [`${id}.${tableFormats.html}`]: figurePage({ title, figures, provenance }) };
}

/** The result of a finished classifier. */
export async function resultOf(
  { id }: PlannedClassifier,
  runsFolder: string,
): Promise<ClassifierResult> {
  return (await openRun(runsFolder, id).result()) as ClassifierResult;
}

/** What a finished run predicts for its test images; undefined if it kept no predictions. */
export async function keptPredictions(
  { id }: PlannedClassifier,
  runsFolder: string,
): Promise<LabelledPredictions | undefined> {
  const run = openRun(runsFolder, id);
  return existsSync(run.path("predictions.csv")) ? readPredictions(run) : undefined;
}

/** The test counts and predictions of finished runs, as tables take them. */
export function testedRuns(
  runs: readonly PlannedClassifier[],
  runsFolder: string,
): Promise<readonly TestedRun[]> {
  return Promise.all(
    runs.map(async (run) => {
      const { id, seed, validation, last, bestOnTest, stopped } = await resultOf(run, runsFolder);
      const predictions = await keptPredictions(run, runsFolder);
      const endedEarly = stopped !== undefined;
      return { id, seed, validation, last, bestOnTest, endedEarly, predictions };
    }),
  );
}
