/** @file The runs of a table of one's own, and its rows once they are finished. */
import { CommandLineError, UserError } from "@mvt/common";
import type { Dataset, DatasetName } from "@mvt/datasets";
import { absoluteThresholdSpec, loadThreshold } from "@mvt/relabel";
import type { DataDescription } from "@mvt/report";
import { ownTable } from "@mvt/report/tables/own-table";
import type { OwnColumn } from "@mvt/report/tables/own-table";
import type { PlannedClassifier } from "../../runs/planned-run.ts";
import { dataKind } from "../../runs/provenance.ts";
import { readMetrics } from "../../runs/read-metrics.ts";
import { epochMetrics } from "../../runs/result.ts";
import { openRun } from "../../runs/run-folder.ts";
import { changeScale } from "../../settings/scales.ts";
import type { Scale } from "../../settings/scales.ts";
import { assignmentsOf } from "../../settings/setting-paths.ts";
import type { DrawnNoise } from "../plan-labels.ts";
import type { NamedThreshold, Planner } from "../planner.ts";
import { keptPredictions, resultOf, tableReport, testedRuns } from "../report-definition.ts";
import type { ReportDefinition } from "../report-definition.ts";
import type { RunUse } from "../run-uses.ts";
import { rowOptions } from "./definition.ts";
import type { RowOptions, TableColumn, TableRow } from "./definition.ts";
import type { LoadedTable } from "./load-table.ts";

/** What the runs of a table do, so that options without effect can be refused. */
export function usesOf(rows: readonly TableRow[]): readonly RunUse[] {
  return [
    "data",
    "settings",
    "recipe",
    ...(rows.some(({ threshold }) => threshold !== undefined) ? (["relabelling"] as const) : []),
    ...(rows.some(({ m }) => m !== undefined)
      ? (["generators", "masked-classifiers"] as const)
      : []),
  ];
}

/** A row with its function f, loaded, and its settings as `--set` takes them. */
interface PreparedRow extends TableRow {
  readonly relabel?: NamedThreshold;
  readonly assignments: readonly string[];
}

/** A row on one data set. */
interface PlannedRow {
  readonly row: PreparedRow;
  readonly dataset: Dataset;
  /** Of a row with noise of its own: its data, named after the row. */
  readonly own?: DataDescription;
  readonly runs: readonly PlannedClassifier[];
}

/** The report of a table, whose functions f are loaded. */
export interface OwnReport extends ReportDefinition {
  /** Throws a CommandLineError that names the row whose settings do not fit the scale. */
  readonly check: (scale: Scale) => void;
}

/**
 * The report of a table. Its functions f are loaded here.
 *
 * @throws CommandLineError that names the row whose function cannot be loaded
 */
export async function reportOf({ definition, folder }: LoadedTable): Promise<OwnReport> {
  const { name: id, about, seeds, select, columns = {} } = definition;
  const base = definition.base ?? definition.rows[0]!.name;
  const rows = await Promise.all(definition.rows.map((row) => prepareRow(row, folder)));
  return {
    seeds,
    select,
    check(scale) {
      for (const { name, assignments } of rows) {
        inRow(name, () => changeScale(scale, assignments));
      }
    },
    async plan(planner, request) {
      const perDataset = await Promise.all(
        request.datasets.map(async (dataset) =>
          Promise.all(
            rows
              .filter(({ datasets }) => datasets === undefined || datasets.includes(dataset))
              .map((row) => planRow(planner, row, dataset, request.seeds)),
          ),
        ),
      );
      const planned = perDataset.flat();
      requireRows(planned, definition.rows, request.datasets);
      requireDifferentRuns(planned);
      const data = await Promise.all(request.datasets.map((dataset) => planner.describe(dataset)));
      return {
        data: [...data, ...planned.flatMap(({ own }) => own ?? [])],
        runs: planned.flatMap(({ runs }) => runs),
        async make({ runsFolder, provenance, select: selection, formats }) {
          const measured = await Promise.all(
            planned.map(async ({ row, dataset, own, runs }) => ({
              dataset: dataset.title,
              kind: dataKind(dataset),
              name: row.name,
              base: row.name === base,
              labelNoise: own?.labelNoise,
              runs: await testedRuns(runs, runsFolder),
              values: await valuesOf(columns, runs, runsFolder),
            })),
          );
          const shown = { id, title: about, base, columns: columnsOf(columns), select: selection };
          return tableReport(id, ownTable.build(measured, provenance, shown), formats);
        },
      };
    },
  };
}

async function prepareRow(row: TableRow, folder: string): Promise<PreparedRow> {
  const assignments = assignmentsOf(row.set ?? {});
  if (row.threshold === undefined) return { ...row, assignments };
  try {
    const spec = absoluteThresholdSpec(row.threshold, { from: folder });
    return { ...row, assignments, relabel: { spec, threshold: await loadThreshold(spec) } };
  } catch (error) {
    throw named(row.name, error);
  }
}

async function planRow(
  planner: Planner,
  row: PreparedRow,
  dataset: DatasetName,
  seeds: readonly number[],
): Promise<PlannedRow> {
  const { name, assignments, relabel, m, labels } = row;
  const { scale, changes = [] } = planner.request;
  const own = planner.with({
    scale: inRow(name, () => changeScale(scale, assignments)),
    changes: [...changes, ...assignments],
    ...optionsOf(row),
  });
  const noise: DrawnNoise | undefined = row.noise && { kind: "symmetric", seed: 0, ...row.noise };
  const spec = {
    dataset,
    relabel,
    noise,
    mgn: m === undefined ? undefined : { m },
    trueLabels: labels === "true",
  };
  const prepared = await own.prepare(dataset, undefined, noise);
  const description = await own.describe(dataset, undefined, { noise });
  return {
    row,
    dataset: prepared.dataset,
    own: noise && { ...description, title: `${prepared.dataset.title}, ${name}` },
    runs: await Promise.all(seeds.map((seed) => own.classifier({ ...spec, seed }))),
  };
}

/** The options that the row has; those that it lacks are as the command line says. */
function optionsOf(row: RowOptions): RowOptions {
  const present = rowOptions.filter((key) => row[key] !== undefined);
  return Object.fromEntries(present.map((key) => [key, row[key]]));
}

function requireRows(
  planned: readonly PlannedRow[],
  rows: readonly TableRow[],
  datasets: readonly DatasetName[],
): void {
  if (planned.length > 0) return;
  throw new CommandLineError(
    `--datasets ${datasets.join()}: expected data sets of the table's rows, which are on ${[...new Set(rows.flatMap((row) => row.datasets ?? []))].join(", ")}. Choose among them.`,
  );
}

/** Rows with the same runs would show the same numbers as if they had been measured twice. */
function requireDifferentRuns(planned: readonly PlannedRow[]): void {
  const seen = new Map<string, string>();
  for (const { row, runs } of planned) {
    const key = runs.map(({ id }) => id).join();
    const other = seen.get(key);
    if (other !== undefined) {
      throw new CommandLineError(
        `table: expected rows that train different runs, got "${other}" and "${row.name}", whose runs are the same at this scale. Change a setting of one, or remove it.`,
      );
    }
    seen.set(key, row.name);
  }
}

function columnsOf(columns: Readonly<Record<string, TableColumn>>): readonly OwnColumn[] {
  return Object.entries(columns).map(([key, { title, about, unit = "number" }]) => ({
    key,
    title,
    about,
    unit,
  }));
}

/** The numbers of a row's runs by column; a column of which a run has none is left out. */
async function valuesOf(
  columns: Readonly<Record<string, TableColumn>>,
  runs: readonly PlannedClassifier[],
  runsFolder: string,
): Promise<Readonly<Record<string, readonly number[]>>> {
  if (Object.keys(columns).length === 0) return {};
  const finished = await Promise.all(
    runs
      .toSorted((a, b) => a.config.seed - b.config.seed)
      .map(async (run) => ({
        result: await resultOf(run, runsFolder),
        config: run.config,
        epochs: await readMetrics(openRun(runsFolder, run.id), epochMetrics),
        predictions: await keptPredictions(run, runsFolder),
      })),
  );
  const values = Object.entries(columns).map(([key, column]) => {
    const numbers = finished.flatMap((run) => numberOf(key, column, run) ?? []);
    return [key, numbers.length < runs.length ? undefined : numbers] as const;
  });
  return Object.fromEntries(values.flatMap(([key, numbers]) => (numbers ? [[key, numbers]] : [])));
}

/** Throws a UserError that names column and run if the author's function throws or returns something else. */
function numberOf(
  key: string,
  { value }: TableColumn,
  run: Parameters<TableColumn["value"]>[0],
): number | undefined {
  const where = `column ${key} of run ${run.result.id}`;
  let number: unknown;
  try {
    number = value(run);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      `${where}: expected a number, but its function threw: ${message}. Correct it; the runs are finished and are not trained again.`,
      { cause },
    );
  }
  if (number === undefined || (typeof number === "number" && Number.isFinite(number)))
    return number;
  throw new UserError(
    `${where}: expected a finite number or undefined, got ${typeof number === "number" ? number : typeof number}. Correct its function; the runs are finished and are not trained again.`,
  );
}

function inRow<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(name, error);
  }
}

function named(row: string, error: unknown): unknown {
  if (!(error instanceof CommandLineError)) return error;
  return new CommandLineError(`row "${row}": ${error.message}`, { cause: error });
}
