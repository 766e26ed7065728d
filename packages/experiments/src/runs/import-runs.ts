/**
 * @file Finished runs of other machines join the folder of runs, those that they use first. Each is imported, told apart
 * from one that is here, or left out for a reason; what is wrong with one does not keep out the others.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "@mvt/common";
import { systemRefusalOf } from "@mvt/common/files";
import type { Count } from "@mvt/report";
import { z } from "zod";
import { numerics } from "../settings/numerics.ts";
import { canonicalJson } from "../settings/run-config.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { count } from "./fact-shapes.ts";
import { copyRun, describeOrigin, differingFiles } from "./import-run.ts";
import type { ImportTarget } from "./import-run.ts";
import type { RunResult } from "./result.ts";
import { usedBy } from "./run-facts.ts";
import { listRuns, openRun, readConfig } from "./run-folder.ts";
import type { RunFolder } from "./run-folder.ts";
import { verifyRun } from "./verify-run.ts";

/** What became of a run, with what it means. */
export const importStates = {
  imported: "it is whole, and here now",
  present: "it is here already",
  unfinished: "it is not finished there",
  unverified: "it has no checksums",
  refused: "it does not join those here",
  damaged: "it is not whole",
} as const;
export type ImportState = keyof typeof importStates;

/** A run of another folder, and what became of it. */
export interface ImportedRun {
  readonly id: string;
  /** Its folder there. */
  readonly from: string;
  readonly state: ImportState;
  /** Of a run that is whole. */
  readonly title?: string;
  readonly origin?: string;
  /** Test images right, of a classifier that is whole. */
  readonly test?: Count;
  /** Of an imported run. */
  readonly files?: number;
  readonly bytes?: number;
  /** Why it is refused, or what is wrong with it. */
  readonly problem?: string;
  /** What its user should know all the same. */
  readonly notes: readonly string[];
}

/** `pnpm exp runs import --json` writes this. */
export const runsImportJson = z.object({
  dryRun: z.boolean().describe("whether nothing was done, and `imported` means would be"),
  runs: z
    .array(
      z.object({
        id: z.string().describe("the run's id"),
        from: z.string().describe("its folder there"),
        state: z.enum(Object.keys(importStates) as ImportState[]).describe(
          Object.entries(importStates)
            .map(([state, meaning]) => `\`${state}\`: ${meaning}`)
            .join("; "),
        ),
        title: z.string().optional().describe("what the run is, for people, if it is whole"),
        origin: z.string().optional().describe("what trained it, for people, if it is whole"),
        test: count.optional().describe("test images right, counted again; whole classifiers only"),
        files: z.int().optional().describe("files that were copied, besides the manifest"),
        bytes: z.int().optional().describe("their size, with the manifest"),
        problem: z.string().optional().describe("why it is refused, or what is wrong with it"),
        notes: z.array(z.string()).describe("what its user should know all the same"),
      }),
    )
    .describe("every run that was found, those that others use first"),
  absent: z
    .array(
      z.object({
        id: z.string().describe("the run's id"),
        usedBy: z.array(z.string()).describe("ids of the runs that use it"),
      }),
    )
    .describe("runs that imported ones use, and that are neither here nor whole there"),
});

/** Imports the runs, and those beside them that they use; tells of each as soon as it is known what became of it. */
export async function importRuns(
  runs: readonly RunFolder[],
  target: ImportTarget,
  tell: (run: ImportedRun) => void = () => {},
): Promise<z.input<typeof runsImportJson>> {
  const context = await contextOf(target);
  const told: ImportedRun[] = [];
  for (const { run, uses } of await inOrder(runs)) {
    const found = await importOne(run, uses, context);
    context.states.set(run.id, found.state);
    told.push(found);
    tell(found);
  }
  const absent = [...context.absent].map(([id, users]) => ({ id, usedBy: [...users] }));
  return { dryRun: target.dryRun, runs: told.map(withMutable), absent };
}

const withMutable = ({ notes, ...rest }: ImportedRun) => ({ ...rest, notes: [...notes] });

interface Context {
  readonly target: ImportTarget;
  /** The finished runs that are here, or would be after a dry run, by their ids. */
  readonly here: Map<string, RunFolder>;
  /** By data set and protocol: the fingerprints of the runs here, each with how many runs have it. */
  readonly fingerprints: Map<string, Map<string, number>>;
  /** What became of the runs so far, by their ids. */
  readonly states: Map<string, ImportState>;
  /** Runs that are nowhere, with the ids of those that use them. */
  readonly absent: Map<string, Set<string>>;
}

async function contextOf(target: ImportTarget): Promise<Context> {
  const context: Context = {
    target,
    here: new Map(),
    fingerprints: new Map(),
    states: new Map(),
    absent: new Map(),
  };
  for (const id of await listRuns(target.runsFolder)) {
    const run = openRun(target.runsFolder, id);
    try {
      const result = await run.result();
      if (result === undefined) continue;
      context.here.set(id, run);
      noteData(context, await readConfig(run), result);
    } catch (error) {
      if (!(error instanceof UserError)) throw error; // a damaged run tells nothing of the others
    }
  }
  return context;
}

function noteData({ fingerprints }: Context, config: RunConfig, result: RunResult): void {
  const key = dataKey(config, result);
  const counts = fingerprints.getOrInsertComputed(key, () => new Map<string, number>());
  const { fingerprint } = config.data;
  counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1);
}

/** Equal for runs whose data should be equal. Faces are drawn for each scale and study, which the title names. */
function dataKey({ data }: RunConfig, { title, madeBy }: RunResult): string {
  const { fingerprint: _, ...rest } = data;
  return canonicalJson(data.kind === "real" ? rest : [rest, madeBy?.scale, title]);
}

/** A run with the ids of those that it uses; none of one that is damaged. */
interface OrderedRun {
  readonly run: RunFolder;
  readonly uses: readonly string[];
}

/** The runs and those that lie beside them and that they use, each after those it uses. */
async function inOrder(runs: readonly RunFolder[]): Promise<readonly OrderedRun[]> {
  const ordered = new Map<string, OrderedRun>();
  const add = async (run: RunFolder): Promise<void> => {
    if (ordered.has(run.folder)) return;
    const uses = await usesOf(run);
    for (const id of uses) {
      const beside = dirname(run.folder);
      if (existsSync(join(beside, id))) await add(openRun(beside, id));
      else for (const other of runs) if (other.id === id) await add(other);
    }
    ordered.set(run.folder, { run, uses });
  };
  for (const run of runs) await add(run);
  return [...ordered.values()];
}

async function usesOf(run: RunFolder): Promise<readonly string[]> {
  try {
    return [...usedBy(await readConfig(run))];
  } catch (error) {
    if (error instanceof UserError) return []; // what is wrong with it is said when its turn comes
    throw error;
  }
}

async function importOne(
  run: RunFolder,
  uses: readonly string[],
  context: Context,
): Promise<ImportedRun> {
  const about = { id: run.id, from: run.folder, notes: [] };
  let whole: Omit<ImportedRun, "state"> | undefined;
  try {
    const { state, test } = await verifyRun(run);
    if (state !== "verified") return { ...about, state };
    const [config, result] = [await readConfig(run), (await run.result())!];
    const { title, madeBy } = result;
    whole = { ...about, title, origin: describeOrigin(madeBy), test };
    return { ...whole, ...(await takeIn(run, { uses, config, result }, context)) };
  } catch (error) {
    // A file that may not be read keeps out its own run alone.
    const told = systemRefusalOf(error) ?? error;
    if (!(told instanceof UserError)) throw error;
    const { message: problem } = told;
    return whole
      ? { ...whole, state: "refused", problem }
      : { ...about, state: "damaged", problem };
  }
}

interface WholeRun {
  readonly uses: readonly string[];
  readonly config: RunConfig;
  readonly result: RunResult;
}

/** Imports a run that is whole. Throws a UserError if it must not join those that are here, or cannot. */
async function takeIn(
  run: RunFolder,
  { uses, config, result }: WholeRun,
  context: Context,
): Promise<Pick<ImportedRun, "state" | "files" | "bytes"> & Partial<ImportedRun>> {
  const { target, here, states } = context;
  const there = here.get(run.id);
  if (there !== undefined) {
    await requireSame(there, run, result);
    return { state: "present" };
  }
  const clash = uses.find((id) => states.get(id) === "refused");
  if (clash !== undefined) {
    throw new UserError(
      `run ${run.id}: expected that the runs it uses are those that are here, found run ${clash}, which was refused`,
    );
  }
  const copied = await copyRun(run, target);
  const notes = notesOn(run, { uses, config, result }, context);
  here.set(run.id, target.dryRun ? run : openRun(target.runsFolder, run.id));
  noteData(context, config, result);
  return { state: "imported", ...copied, notes };
}

async function requireSame(here: RunFolder, run: RunFolder, result: RunResult): Promise<void> {
  const differs = await differingFiles(here, run);
  if (differs.length === 0) return;
  const own = describeOrigin((await here.result())?.madeBy);
  throw new UserError(
    `run ${run.id}: expected the files of the run that is here (${own}), found others in ${differs.join(", ")} (${describeOrigin(result.madeBy)})`,
    {
      advice: `Both are whole, and one can be kept: \`pnpm exp runs remove ${run.id}\` forgets the one here.`,
    },
  );
}

function notesOn(run: RunFolder, { uses, config, result }: WholeRun, context: Context) {
  const notes: string[] = [];
  const { numerics: own = 0 } = config;
  if (own !== numerics) {
    notes.push(
      `trained with numerics ${own}, where this version has ${numerics}: its tables do not count the run`,
    );
  }
  const known = context.fingerprints.get(dataKey(config, result));
  const { fingerprint, dataset, protocol } = config.data;
  if (known !== undefined && !known.has(fingerprint)) {
    const others = [...known].map(([other, n]) => `${other.slice(0, 12)} (${n})`).join(", ");
    notes.push(
      `other images or labels of ${dataset}, ${protocol}, than the runs here: fingerprint ${fingerprint.slice(0, 12)}, here ${others}. A table counts the runs on its own data alone`,
    );
  }
  for (const id of uses) {
    if (context.here.has(id)) continue;
    const state = context.states.get(id);
    notes.push(
      `uses run ${id}, which is ${state === undefined ? "neither here nor there" : `${state} there`}: a table that needs it trains it again`,
    );
    context.absent.getOrInsertComputed(id, () => new Set<string>()).add(run.id);
  }
  return notes;
}
