/** @file What `evaluate` and `compare` share: resampling, provenance, and the files of a report. */
import { join, resolve } from "node:path";
import { UserError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { random } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { datasets } from "@mvt/datasets";
import { defaultResamples } from "@mvt/report";
import type {
  BootstrapOptions,
  DataDescription,
  EvaluatedRun,
  Provenance,
  Resampling,
} from "@mvt/report";
import type { ClassifierConfig, RunConfig } from "../settings/run-config.ts";
import { describeProvenance } from "../runs/provenance.ts";
import { trainedRuns } from "../runs/trained-runs.ts";
import { openRun, readConfig } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { wholeFrom } from "./command.ts";
import { say } from "./messages.ts";
import { output } from "./options.ts";
import { requireWritableReport } from "./writable.ts";

export const evaluationOptions = {
  resamples: {
    type: "number",
    check: wholeFrom(1),
    default: defaultResamples,
    describe: "bootstrap resamples for the 95 % intervals",
  },
  stratified: {
    type: "boolean",
    default: false,
    describe: "resample within each class, as suits a test set that is balanced by design",
  },
  report: {
    type: "string",
    group: output,
    describe: "write the measures into this folder, as Markdown, CSV and a page",
  },
} as const;

/** The same draws for every run, so that two evaluations of one run print the same. */
export function bootstrapOf({ resamples, stratified }: Resampling): BootstrapOptions {
  const stream = random.stream(0, "evaluation/bootstrap");
  return { resamples, stratified, integer: (below) => stream.integer(below) };
}

/** The configuration of a classifier; a UserError for a mask generator, which predicts nothing. */
export async function classifierConfigOf(run: RunFolder): Promise<ClassifierConfig> {
  const config = await readConfig(run);
  if (config.kind === "classifier") return config;
  throw new UserError(
    `run ${run.id}: expected a classifier, found a mask generator. Evaluate a classifier that it masks.`,
  );
}

/** How reports name a run and its predictions. */
export async function evaluatedRunOf(
  run: RunFolder,
  { data, seed }: ClassifierConfig,
  { split, weights }: Pick<EvaluatedRun, "split" | "weights">,
): Promise<EvaluatedRun> {
  const dataset = datasets[data.dataset].title;
  const title = (await run.result())?.title ?? `${dataset}, seed ${seed}`;
  return { id: run.id, title, dataset, kind: data.kind, split, weights };
}

/** The data as a run's configuration knows them, with predictions for `n` images of a split. */
export function describePredicted(
  { data }: Pick<RunConfig, "data">,
  split: string,
  n: number,
): DataDescription {
  const { dataset, kind, layout, protocol } = data;
  return { title: datasets[dataset].title, kind, layout, protocol, counts: { [split]: n } };
}

/** Of these runs and their configurations. `backend`: absent where stored predictions were read. */
export async function evaluationProvenance(
  runs: readonly (readonly [id: string, ClassifierConfig])[],
  runsFolder: string,
  data: DataDescription,
  backend?: Backend,
): Promise<Provenance> {
  const ids = runs.map(([id]) => id);
  return describeProvenance({
    scale: await scaleOfRuns(ids, runsFolder),
    seeds: [...new Set(runs.map(([, { seed }]) => seed))],
    data: [data],
    trained: await trainedRuns(ids, runsFolder),
    backend,
  });
}

/** The scale that the runs recorded, if it is one. */
async function scaleOfRuns(ids: readonly string[], runsFolder: string): Promise<string> {
  const results = await Promise.all(ids.map((id) => openRun(runsFolder, id).result()));
  const scales = new Set(results.map((result) => result?.madeBy?.scale));
  const [only] = scales.size === 1 ? scales : [];
  return only ?? "the run's own";
}

/** Tries, before anything is measured, whether files of these stems can be written. */
export async function requireReport(
  folder: string | undefined,
  stems: readonly string[],
): Promise<void> {
  if (folder === undefined) return;
  for (const stem of stems) await requireWritableReport("report", folder, stem);
}

/** Writes the files that there are, by name, and says so. */
export async function writeReport(
  folder: string | undefined,
  files: Readonly<Record<string, string | Uint8Array | undefined>>,
): Promise<void> {
  if (folder === undefined) return;
  const written = Object.entries(files).flatMap(([name, content]) =>
    content === undefined ? [] : [[name, content] as const],
  );
  for (const [name, content] of written) await writeWhole(join(resolve(folder), name), content);
  say(`wrote ${written.map(([name]) => name).join(", ")} in ${folder}`);
}
