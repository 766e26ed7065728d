/** @file What commands that measure answers have in common: resamples, provenance, files. */
import { join, resolve } from "node:path";
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
import type { ClassifierConfig } from "../config.ts";
import { writeAtomically } from "../runs/atomic-write.ts";
import { describeMachine, sourceVersion } from "../runs/provenance.ts";
import { readConfig } from "../runs/store.ts";
import type { RunFolder } from "../runs/store.ts";
import { UsageError } from "../usage-error.ts";
import { requirePositive } from "./options.ts";
import { requireWritableReport } from "./writable.ts";

export const measureOptions = {
  resamples: {
    type: "number",
    default: defaultResamples,
    describe: "bootstrap resamples for the 95 % intervals",
  },
  stratified: {
    type: "boolean",
    default: false,
    describe: "resample within each class, as suits a test set that is balanced by design",
  },
  report: { type: "string", describe: "write the measures into this folder, as Markdown and CSV" },
} as const;

/** The same draws for every run, so that two evaluations of one run print the same. */
export function bootstrapOf({ resamples, stratified }: Resampling): BootstrapOptions {
  requirePositive("resamples", resamples);
  const stream = random.stream(0, "evaluation/bootstrap");
  return { resamples, stratified, integer: (below) => stream.integer(below) };
}

/** The configuration of a classifier; a mask generator answers nothing. */
export async function classifierConfigOf(run: RunFolder): Promise<ClassifierConfig> {
  const config = await readConfig(run);
  if (config.kind === "classifier") return config;
  throw new UsageError(
    `run ${run.id}: expected a classifier, found a mask generator. Evaluate a classifier that it masks.`,
  );
}

/** How reports name a run and what it answered. */
export async function evaluatedRunOf(
  run: RunFolder,
  { data, seed }: ClassifierConfig,
  { split, weights }: Pick<EvaluatedRun, "split" | "weights">,
): Promise<EvaluatedRun> {
  const dataset = datasets[data.dataset].title;
  const title = (await run.result())?.title ?? `${dataset}, seed ${seed}`;
  return { id: run.id, title, dataset, kind: data.kind, split, weights };
}

/** The data as a run's configuration knows it: `n` images of a split were answered. */
export function describeAnswered(
  { data }: ClassifierConfig,
  split: string,
  n: number,
): DataDescription {
  const { dataset, kind, layout, protocol } = data;
  return { title: datasets[dataset].title, kind, layout, protocol, counts: { [split]: n } };
}

/** `backend`: absent where finished answers were read. */
export function measureProvenance(
  seeds: readonly number[],
  data: DataDescription,
  backend?: Backend,
): Provenance {
  return {
    command: ["pnpm exp", ...process.argv.slice(2)].join(" "),
    ...sourceVersion(),
    scale: "the run's own",
    seeds: [...new Set(seeds)],
    data: [data],
    machine: describeMachine(backend),
    date: new Date().toISOString(),
  };
}

/** Tries, before anything is measured, whether files of these stems can be written. */
export async function requireReport(
  folder: string | undefined,
  stems: readonly string[],
): Promise<void> {
  if (folder === undefined) return;
  for (const stem of stems) await requireWritableReport("report", folder, stem);
}

/** Writes by file name, and says so. */
export async function writeReport(
  folder: string | undefined,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  if (folder === undefined) return;
  for (const [name, content] of Object.entries(files)) {
    await writeAtomically(join(resolve(folder), name), content);
  }
  process.stdout.write(`wrote ${Object.keys(files).join(", ")} in ${folder}\n`);
}
