/**
 * @file The rows of Table 2 and of the noise study: labels as given, relabelling by each function f, true labels. How they
 * are planned, and what their finished runs tell.
 */
import type { DatasetName } from "@mvt/datasets";
import { instantiate, thresholds } from "@mvt/relabel";
import type { RelabelStart, LabelledRun, Labelling } from "@mvt/report/tables/labelling";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { epochMetrics } from "../runs/result.ts";
import { readMetrics } from "../runs/read-metrics.ts";
import { openRun } from "../runs/run-folder.ts";
import type { ClassifierSpec, NamedThreshold, Planner } from "./planner.ts";
import { keptPredictions, resultOf } from "./report-definition.ts";
import type { ReportRequest } from "./report-definition.ts";

/** One kind of labels, with every seed. */
export interface LabelRow {
  readonly labelling: Labelling;
  readonly runs: readonly PlannedClassifier[];
}

/** What all rows of a group have in common. */
export type RowSpec = Omit<ClassifierSpec, "dataset" | "seed" | "relabel" | "trueLabels"> & {
  readonly dataset: DatasetName;
};

/** Constant, linear, quadratic, sigmoid, with their default parameters. */
export function builtInThresholds(): readonly NamedThreshold[] {
  return Object.entries(thresholds).map(([spec, definition]) => ({
    spec,
    threshold: instantiate<string>(definition, {}),
  }));
}

/** The functions f of a table of functions: the paper's four and those that were added, or only those that were asked for. */
export function functionsOf({
  thresholds: added,
  onlyThresholds,
}: Pick<ReportRequest, "thresholds" | "onlyThresholds">): readonly NamedThreshold[] {
  return onlyThresholds ?? [...builtInThresholds(), ...added];
}

/** No relabelling. */
export function planGiven(planner: Planner, spec: RowSpec, seeds: readonly number[]) {
  return planRow(planner, { labels: "given" }, spec, seeds);
}

/** Relabelling by one function; what `differs` sets apart this row is named in its title. */
export function planThreshold(
  planner: Planner,
  relabel: NamedThreshold,
  spec: RowSpec,
  seeds: readonly number[],
  differs: Pick<ClassifierSpec, "predictions" | "relabelStart"> = {},
): Promise<LabelRow> {
  const { name, parameters } = relabel.threshold;
  const f = { name, parameters, plugin: !(name in thresholds) };
  const { predictions, relabelStart: startEpoch } = differs;
  const labelling: Labelling = {
    labels: "relabelled",
    f,
    delta: planner.request.delta,
    predictions: predictions === "step" ? undefined : predictions,
    startEpoch,
  };
  return planRow(planner, labelling, { ...spec, relabel, ...differs }, seeds);
}

/** True labels, whatever those of the files are. */
export function planTruth(planner: Planner, spec: RowSpec, seeds: readonly number[]) {
  return planRow(planner, { labels: "true" }, { ...spec, trueLabels: true }, seeds);
}

async function planRow(
  planner: Planner,
  labelling: Labelling,
  spec: Omit<ClassifierSpec, "seed">,
  seeds: readonly number[],
): Promise<LabelRow> {
  return {
    labelling,
    runs: await Promise.all(seeds.map((seed) => planner.classifier({ ...spec, seed }))),
  };
}

/** The results of finished runs, as the tables take them. */
export function labelledRuns(
  runs: readonly PlannedClassifier[],
  runsFolder: string,
): Promise<readonly LabelledRun[]> {
  return Promise.all(
    runs.map(async (run) => {
      const { id, seed, validation, last, bestOnTest, relabel, stopped } = await resultOf(
        run,
        runsFolder,
      );
      const endedEarly = stopped !== undefined;
      const relabelStart = await startOf(run, runsFolder);
      const predictions = await keptPredictions(run, runsFolder);
      return {
        id,
        seed,
        validation,
        last,
        bestOnTest,
        endedEarly,
        relabel,
        relabelStart,
        predictions,
      };
    }),
  );
}

/** When a run began to relabel, and what the epoch before got right; undefined without relabelling. */
async function startOf(
  { id, config: { relabel } }: PlannedClassifier,
  runsFolder: string,
): Promise<RelabelStart | undefined> {
  if (relabel === undefined) return undefined;
  const { startEpoch: epoch } = relabel;
  if (epoch === 1) return { epoch };
  const before = (await readMetrics(openRun(runsFolder, id), epochMetrics))[epoch - 2];
  return before === undefined ? { epoch } : { epoch, trainAccuracy: before.train };
}
