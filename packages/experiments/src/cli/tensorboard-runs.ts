/** @file `pnpm exp runs tensorboard`: event files of runs, a folder each. */
import { readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { eventFile } from "@mvt/report/tensorboard";
import { readRunFacts } from "../runs/run-facts.ts";
import type { RunFacts } from "../runs/run-facts.ts";
import { chosenFacts, readChosen } from "./chosen-runs.ts";
import { createProgress } from "./progress.ts";
import { valuesOf } from "./tensorboard-values.ts";
import { requireWritable } from "./writable.ts";

export interface TensorBoardOptions {
  readonly runs: string;
  /** Default: tensorboard in the folder of runs. */
  readonly out: string | undefined;
}

/** The same in every run, so that the command replaces what it wrote before. TensorBoard looks for "tfevents". */
const fileName = "events.out.tfevents.mvt";

/**
 * Writes the runs with these beginnings of ids, finished or not; without any, all that are finished. Of all, damaged ones
 * are named and left out; a named one that is damaged is an error.
 */
export async function writeTensorBoard(
  prefixes: readonly string[],
  { runs, out = join(runs, "tensorboard") }: TensorBoardOptions,
): Promise<void> {
  const named = prefixes.length > 0;
  const chosen = named ? await chosenFacts(runs, prefixes) : await finishedRuns(runs);
  const path = await requireWritable("out", out);
  const progress = createProgress();
  let written = 0;
  for (const facts of chosen) {
    try {
      const values = await valuesOf(await readChosen(runs, facts));
      await replaceEvents(path, facts, eventFile(values, Date.parse(facts.date!) / 1000));
      written += 1;
    } catch (error) {
      if (named || !(error instanceof UserError)) throw error;
      progress.say(`left out run ${facts.id}: ${error.message}`);
    }
  }
  progress.end();
  if (written === 0) {
    throw new UserError(
      `runs tensorboard: expected whole runs in ${runs}, found ${chosen.length} damaged`,
      { advice: "The lines above say what is damaged." },
    );
  }
  const count = written === 1 ? "1 run" : `${written} runs`;
  process.stdout.write(`wrote ${count} into ${out}; \`tensorboard --logdir ${out}\` shows them\n`);
}

async function finishedRuns(runs: string): Promise<readonly RunFacts[]> {
  const all = await readRunFacts(runs);
  const finished = all.filter(({ state }) => state === "finished");
  if (finished.length > 0) return finished;
  throw new UserError(
    `runs tensorboard: expected finished runs in ${runs}, found none${all.length === 0 ? "" : ` among ${all.length}`}`,
    { advice: "Train some first, or name unfinished ones by the beginnings of their ids." },
  );
}

/** Bytes; with the id a folder's name has at most the 255 that file systems allow. */
const longestName = 200;

/** What TensorBoard calls the run: its title and what sets it apart, as far as a folder's name allows, and its id. */
export function eventFolder({
  id,
  title,
  differs,
}: Pick<RunFacts, "id" | "title" | "differs">): string {
  const name = [title, ...differs]
    .join(", ")
    .replaceAll(/[^\p{L}\p{N} .,=()%-]+/gu, "_")
    .toWellFormed();
  let length = name.length;
  while (Buffer.byteLength(name.slice(0, length)) > longestName) length -= 1;
  return `${name.slice(0, length).toWellFormed().trim()} ${id}`;
}

async function replaceEvents(out: string, run: RunFacts, events: Uint8Array): Promise<void> {
  const folder = eventFolder(run);
  // Under a name of its own first: a TensorBoard that watches the folder would read an unfinished "tfevents" as well.
  const unfinished = join(out, folder, "unfinished");
  await writeWhole(unfinished, events);
  await rename(unfinished, join(out, folder, fileName));
  // A run gets another title when it is finished.
  for (const name of await readdir(out)) {
    if (name === folder || !name.endsWith(` ${run.id}`)) continue;
    await rm(join(out, name, fileName), { force: true });
    await rmdir(join(out, name)).catch(() => {}); // somebody else keeps files in it
  }
}
