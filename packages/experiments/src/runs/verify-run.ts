/**
 * @file Whether a finished run is whole: every file as it was written, and a result that its other files give again. It
 * needs neither data nor engine.
 */
import { isDeepStrictEqual } from "node:util";
import { reasonOf, sum, UserError } from "@mvt/common";
import { decodeSafetensors } from "@mvt/core";
import { LabelLedger } from "@mvt/relabel";
import { z } from "zod";
import { canonicalJson } from "../settings/run-config.ts";
import type { ClassifierConfig, MgnConfig, RunConfig } from "../settings/run-config.ts";
import { readTable } from "./csv-table.ts";
import { count } from "./fact-shapes.ts";
import { readCurves } from "./measures.ts";
import { metricsCsv } from "./metrics-csv.ts";
import { readMgn } from "./mgn-file.ts";
import { outcomeOf, relabelOutcomeOf } from "./outcome.ts";
import { readPredictions } from "./predictions.ts";
import type { NamedPredictions } from "./predictions.ts";
import { readLabels } from "./read-labels.ts";
import { readMetrics } from "./read-metrics.ts";
import { epochMetrics, mgnMetrics } from "./result.ts";
import type { ClassifierResult, EpochMetrics, MgnResult } from "./result.ts";
import { readConfig } from "./run-folder.ts";
import type { RunFile, RunFolder } from "./run-folder.ts";

/** `verified`; `unfinished`; `unverified`, which an earlier version finished without checksums; `damaged`. */
export const verifyStates = ["verified", "unfinished", "unverified", "damaged"] as const;

/** What holds of a run that is not damaged. */
export interface VerifiedRun {
  readonly state: Exclude<(typeof verifyStates)[number], "damaged">;
  /** Files that are as they were written, of a verified run. */
  readonly files?: number;
  /** Test images right, of a verified classifier, as its predictions give them. */
  readonly test?: { readonly k: number; readonly n: number };
}

/** `pnpm exp runs verify --json` writes this: one entry per run. */
export const runsVerifyJson = z.array(
  z.object({
    id: z.string().describe("the run's id"),
    state: z
      .enum(verifyStates)
      .describe(
        "`verified`, `unfinished`, `damaged`, or `unverified`: an earlier version finished it, without checksums",
      ),
    files: z.int().optional().describe("files that are as they were written, if it is verified"),
    test: count.optional().describe("test images right, counted again; verified classifiers only"),
    problem: z.string().optional().describe("what is wrong with it, if it is damaged"),
  }),
);

/** "verified: 9 files, 392 of 500 right" */
export function describeVerified({ state, files, test }: VerifiedRun): string {
  if (state === "unfinished") return "not finished";
  if (state === "unverified") {
    return "not verified: an earlier version finished it, without checksums";
  }
  return `verified: ${files} files${test ? `, ${test.k} of ${test.n} right` : ""}`;
}

/** Throws a UserError that names the file that differs, or what of the result its files do not give. */
export async function verifyRun(run: RunFolder): Promise<VerifiedRun> {
  const result = await run.result();
  if (result === undefined) return { state: "unfinished" };
  const config = await readConfig(run);
  const files = await run.verify();
  if (files === undefined) return { state: "unverified" };
  if (result.kind !== config.kind || result.seed !== config.seed) {
    throw differs(
      run,
      `the result of a ${config.kind} with seed ${config.seed}`,
      `that of a ${result.kind} with seed ${result.seed}`,
    );
  }
  if (result.kind === "mgn" && config.kind === "mgn") await verifyMgn(run, result, config);
  if (result.kind === "classifier" && config.kind === "classifier") {
    await verifyClassifier(run, result, config);
  }
  await requireTable(run, config);
  if (result.kind === "mgn") return { state: "verified", files };
  const { k, n } = result.validation;
  return { state: "verified", files, test: { k, n } };
}

async function verifyClassifier(
  run: RunFolder,
  result: ClassifierResult,
  config: ClassifierConfig,
): Promise<void> {
  const predictions = await readPredictions(run);
  const { classes, ids, labels, predicted } = predictions;
  if (classes.length !== config.model.classes) {
    throw differs(run, `predictions of ${config.model.classes} classes`, `of ${classes.length}`);
  }
  const k = predicted.filter((label, i) => label === labels[i]).length;
  const metrics = await readMetrics(run, epochMetrics);
  requireEpochs(run, metrics, config.training.epochs);
  // The last epoch of a run that is tested at its end has a count that only its weights give.
  const last = metrics.at(-1)!.test ?? result.last;
  const { epochs, validation, last: atEnd, bestOnTest } = result;
  const stated = { epochs, validation, last: atEnd, bestOnTest };
  const found = outcomeOf(metrics, { chosen: { k, n: ids.length }, last });
  requireSame(run, stated, found);
  requireSame(
    run,
    { relabel: result.relabel },
    { relabel: await relabelling(run, config, { metrics, classes }) },
  );
  const parameters = await countWeights(run, "validation-best.safetensors");
  requireSame(run, { parameters: result.parameters }, { parameters });
  if ((await countWeights(run, "last.safetensors")) !== parameters) {
    throw differs(run, "two files of weights of one network", "two of different sizes");
  }
  if (config.fold) await verifyHeldOut(run, predictions);
}

/** What relabelling did, from labels.csv; throws if the ledger or the metrics tell otherwise. */
async function relabelling(
  run: RunFolder,
  { relabel }: ClassifierConfig,
  {
    metrics,
    classes,
  }: { readonly metrics: readonly EpochMetrics[]; readonly classes: readonly string[] },
): Promise<ClassifierResult["relabel"]> {
  const lines = await readLabels(run);
  const indices = (names: readonly (string | undefined)[]) =>
    names.map((name) => (name === undefined ? -1 : classes.indexOf(name)));
  const given = indices(lines.map((line) => line.given));
  const current = indices(lines.map((line) => line.current));
  if ([...given, ...current].includes(-1)) {
    throw differs(run, `labels out of ${classes.join(", ")}`, "others in labels.csv");
  }
  const changed = current.filter((label, i) => label !== given[i]).length;
  if (relabel === undefined) {
    if (changed === 0) return undefined;
    throw differs(
      run,
      "no changed label, since the run does not relabel",
      `${changed} in labels.csv`,
    );
  }
  const text = String((await run.read("labels.jsonl")) ?? "");
  const ids = lines.map(({ id }) => id);
  const ledger = LabelLedger.fromJsonLines(text, { ids, given, classes });
  const counted = sum(metrics.map((line) => line.relabelled));
  if (ledger.changes.length !== counted) {
    throw differs(
      run,
      `${counted} changes of labels, as metrics.jsonl counts`,
      `${ledger.changes.length} in labels.jsonl`,
    );
  }
  if (current.some((label, i) => label !== ledger.current(i))) {
    throw differs(run, "the labels that labels.jsonl ends with", "others in labels.csv");
  }
  const known = lines.some(({ truth }) => truth !== undefined);
  const truth = known ? indices(lines.map((line) => line.truth)) : undefined;
  return relabelOutcomeOf(given, current, truth);
}

/** The fold of a run is predicted image by image, and none of it was trained on or is a test image. */
async function verifyHeldOut(run: RunFolder, { classes, ids }: NamedPredictions): Promise<void> {
  const text = String((await run.read("held-out.csv")) ?? "");
  const path = run.path("held-out.csv");
  const rows = readTable(text, path, ["id", "given", ...classes]);
  const others = new Set([...ids, ...(await readLabels(run)).map(({ id }) => id)]);
  const again = rows.find(({ fields: [id] }) => others.has(id!));
  if (again === undefined) return;
  throw new UserError(
    `${path}:${again.line}: expected images that the run left out, found ${again.fields[0]}, which it has elsewhere`,
  );
}

async function verifyMgn(run: RunFolder, result: MgnResult, config: MgnConfig): Promise<void> {
  const metrics = await readMetrics(run, mgnMetrics);
  requireEpochs(run, metrics, config.training.epochs);
  const { imagesPerSecond: _, ...last } = metrics.at(-1)!;
  const { epochs, m } = result;
  requireSame(run, { epochs, m, last: result.last }, { epochs: metrics.length, m: config.m, last });
  const file = await readMgn(run, config.data.dataset, config.model);
  requireSame(run, { m }, { m: file.config.m });
  const of = file.provenance["run"];
  if (of !== run.id)
    throw differs(run, `the mask generator of run ${run.id}`, `that of ${String(of)}`);
}

function requireEpochs(run: RunFolder, metrics: readonly unknown[], most: number): void {
  if (metrics.length <= most) return;
  throw new UserError(
    `${run.path("metrics.jsonl")}: expected at most ${most} epochs, found ${metrics.length}`,
  );
}

/** metrics.csv is the table of metrics.jsonl; runs of versions before it have none. */
async function requireTable(run: RunFolder, config: RunConfig): Promise<void> {
  if (await run.wrote("metrics.csv", metricsCsv(await readCurves(run, config)))) return;
  throw new UserError(
    `${run.path("metrics.csv")}: expected the table of metrics.jsonl, found another`,
  );
}

/** How many numbers a file of weights has, all of them finite. */
async function countWeights(
  run: RunFolder,
  file: Extract<RunFile, `${string}.safetensors`>,
): Promise<number> {
  const bytes = await run.read(file);
  if (bytes === undefined) throw differs(run, file, "none");
  try {
    const { weights } = decodeSafetensors(bytes, run.path(file));
    const arrays = [...weights.values()].map(({ data }) => data);
    if (arrays.every((data) => data.every(Number.isFinite)))
      return sum(arrays.map((a) => a.length));
  } catch (error) {
    throw new UserError(reasonOf(error), { cause: error });
  }
  throw differs(run, `finite weights in ${file}`, "some that are no numbers");
}

/** Throws a UserError that names the first entry of result.json that the files do not give. */
function requireSame(
  run: RunFolder,
  stated: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(stated)) {
    const [a, b] = [value, found[key]].map((each) => JSON.parse(canonicalJson(each)) as unknown);
    if (isDeepStrictEqual(a, b)) continue;
    throw differs(
      run,
      `${key} ${canonicalJson(found[key])}, as its files give`,
      canonicalJson(value),
    );
  }
}

function differs(run: RunFolder, expected: string, found: string): UserError {
  return new UserError(`${run.path("result.json")}: expected ${expected}, found ${found}`);
}
