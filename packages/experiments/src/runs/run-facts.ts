/** @file What is known of the runs in a folder, finished or not: for lists, filters and scripts. */
import { access, stat } from "node:fs/promises";
import { UserError } from "@mvt/common";
import { readRegularText } from "@mvt/common/files";
import { datasets } from "@mvt/datasets";
import { z } from "zod";
import type { RunConfig } from "../settings/run-config.ts";
import { count, fraction } from "./fact-shapes.ts";
import { listRuns, openRun, readConfig } from "./run-folder.ts";
import type { RunFolder } from "./run-folder.ts";

export const runStates = ["finished", "unfinished", "damaged"] as const;

/** One run, as `runs list --json` writes it. Absent keys are not known or do not apply. */
export const runFacts = z.object({
  id: z.string().describe("the run's id"),
  state: z.enum(runStates).describe("`finished`, `unfinished` or `damaged`"),
  title: z.string().describe("what the run is, for people"),
  differs: z
    .array(z.string())
    .describe("settings that set it apart from other runs of this title, as `PATH=VALUE`"),
  kind: z
    .enum(["classifier", "mgn"])
    .exactOptional()
    .describe("`classifier` or `mgn`, a mask generator"),
  dataset: z.string().exactOptional().describe("the data set"),
  data: z.enum(["synthetic", "real"]).exactOptional().describe("`synthetic` or `real` faces"),
  scale: z.string().exactOptional().describe("the scale that the run recorded"),
  seed: z.int().exactOptional().describe("the run's seed"),
  epoch: z.int().exactOptional().describe("epochs that are done"),
  epochs: z.int().exactOptional().describe("epochs that were asked for"),
  stopped: z
    .string()
    .exactOptional()
    .describe("why training ended before all of them; classifiers only"),
  date: z.iso
    .datetime()
    .exactOptional()
    .describe("when it was finished; of an unfinished run, when it last wrote metrics (ISO 8601)"),
  accuracy: fraction
    .exactOptional()
    .describe("test accuracy with the epoch chosen on validation images; classifiers only"),
  test: count.exactOptional().describe("the same as a count: images right"),
  maskArea: fraction
    .exactOptional()
    .describe("mean of the masks in the last epoch; mask generators only"),
  uses: z
    .array(z.string())
    .describe(
      "ids of the runs that it starts from, whose masks it applies, or whose confusions make its noise",
    ),
});
export type RunFacts = z.infer<typeof runFacts>;

/** `pnpm exp runs list --json` writes an array of these. */
export const runsListJson = z.array(runFacts);

/** `pnpm exp runs show --json` and `train --json` write this. */
export const runShowJson = z.object({
  id: z.string().describe("the run's id"),
  config: z
    .record(z.string(), z.unknown())
    .describe("its configuration, the content of `config.json`"),
  result: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("the content of `result.json`; absent of a run that is not finished"),
});

/** What `runShowJson` describes. */
export async function runShowFacts(run: RunFolder): Promise<z.input<typeof runShowJson>> {
  const [config, result] = [await readConfig(run), await run.result()];
  return { id: run.id, config: { ...config }, result: result && { ...result } };
}

/** The facts of every run in the folder, or of these, the newest first; runs without a date come last, by their ids. */
export async function readRunFacts(
  runsFolder: string,
  ids?: readonly string[],
): Promise<readonly RunFacts[]> {
  const chosen = ids ?? (await listRuns(runsFolder));
  const read = await Promise.all(chosen.map((id) => factsOf(openRun(runsFolder, id))));
  const apart = whatDiffers(read.map(({ facts: { title }, config }) => ({ title, config })));
  return read
    .map(({ facts }, i) => ({ ...facts, differs: [...apart[i]!] }))
    .toSorted((a, b) => (b.date ?? "").localeCompare(a.date ?? "") || a.id.localeCompare(b.id));
}

/** The runs, by id, that use the run itself, directly. */
export async function dependentsOf(runsFolder: string, id: string): Promise<readonly RunFacts[]> {
  return (await readRunFacts(runsFolder)).filter(({ uses }) => uses.includes(id));
}

interface Read {
  readonly facts: RunFacts;
  readonly config?: RunConfig;
}

async function factsOf(run: RunFolder): Promise<Read> {
  const { id } = run;
  try {
    const config = await readConfig(run);
    const result = await run.result();
    const { kind, seed, data, training } = config;
    const known = {
      id,
      differs: [],
      kind,
      dataset: data.dataset,
      data: data.kind,
      seed,
      uses: [...usedBy(config)],
    };
    if (result === undefined) {
      const title = `${datasets[data.dataset].title}, ${kind === "mgn" ? "mask generator" : "classifier"}, seed ${seed}`;
      const { epochs } = training;
      const progress = await progressOf(run);
      return { config, facts: { ...known, state: "unfinished", title, epochs, ...progress } };
    }
    const { title, epochs: epoch, madeBy } = result;
    const { epochs } = training;
    const facts: RunFacts = { ...known, state: "finished", title, epoch, epochs };
    if (madeBy !== undefined) Object.assign(facts, { scale: madeBy.scale, date: madeBy.date });
    else facts.date = (await stat(run.path("result.json"))).mtime.toISOString();
    if (result.kind === "classifier") {
      const { k, n } = result.validation;
      Object.assign(facts, { accuracy: k / n, test: { k, n } });
      if (result.stopped !== undefined) facts.stopped = result.stopped;
    } else {
      facts.maskArea = result.last.meanArea;
    }
    return { config, facts };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const state = await access(run.path("result.json")).then(
      () => "damaged" as const,
      () => "unfinished" as const,
    );
    return { facts: { id, state, title: "", differs: [], uses: [] } };
  }
}

/** Epochs that an unfinished run has written metrics of, and when. */
async function progressOf(run: RunFolder): Promise<Pick<RunFacts, "epoch" | "date">> {
  const path = run.path("metrics.jsonl");
  try {
    const [text, { mtime }] = await Promise.all([readRegularText(path), stat(path)]);
    return { epoch: text.split("\n").filter(Boolean).length, date: mtime.toISOString() };
  } catch {
    return { epoch: 0 }; // it has not written any
  }
}

/** The ids of the runs that a run of this configuration uses itself, directly. */
export function usedBy(config: RunConfig): ReadonlySet<string> {
  const { noise } = config;
  const references: readonly object[] =
    config.kind === "mgn" ? [config.start] : [config.pretrained ?? {}, config.mgn ?? {}];
  const from: object = (noise?.kind === "list" ? undefined : noise?.from) ?? {};
  return new Set(
    [...references, from].flatMap((one) =>
      "run" in one && typeof one.run === "string" ? [one.run] : [],
    ),
  );
}

/** By run: the settings, as PATH=VALUE, that are not the same in all runs of its title. */
export function whatDiffers(
  runs: readonly { readonly title: string; readonly config?: RunConfig | undefined }[],
): readonly (readonly string[])[] {
  const leaves = runs.map(({ config }) => new Map(config ? leavesOf(config) : []));
  return runs.map(({ title, config }, i) => {
    if (config === undefined) return [];
    const others = runs.flatMap((run, j) =>
      j !== i && run.title === title && run.config !== undefined ? [leaves[j]!] : [],
    );
    return [...leaves[i]!]
      .filter(([path, value]) => others.some((other) => other.get(path) !== value))
      .map(([path, value]) => `${path}=${value}`);
  });
}

/** Every value of a configuration by its path, as JSON; texts without their quotes, hashes shortened. */
export function leavesOf(
  value: unknown,
  path: readonly string[] = [],
): readonly (readonly [string, string])[] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return [[path.join("."), /^[0-9a-f]{13,}$/.test(text) ? text.slice(0, 12) : text]];
}
