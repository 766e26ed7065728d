/** @file What a killed process leaves in the folder of a run, and what only an unfinished run needs once it is finished. */
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "@mvt/common";
import { systemRefusalOf } from "@mvt/common/files";
import { isLockFile, withLock } from "./lock.ts";
import { openRun } from "./run-folder.ts";
import type { RunFolder } from "./run-folder.ts";

/** What only an unfinished run needs. */
const ofUnfinished = /^checkpoint\b.*\.safetensors$|^made-by\.jsonl$/;

const folderOf = (run: RunFolder) => dirname(run.path("result.json"));

/** The names of the left-overs. The caller holds the run's lock, so that no other process writes there. */
export async function leftOversOf(run: RunFolder): Promise<readonly string[]> {
  const finished = existsSync(run.path("result.json"));
  const names = await readdir(folderOf(run));
  return names.filter(
    (name) => !isLockFile(name) && (name.endsWith(".tmp") || (finished && ofUnfinished.test(name))),
  );
}

/** Removes them. */
export async function removeLeftOvers(run: RunFolder, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folderOf(run), name), { recursive: true, force: true });
}

/**
 * Clears the folder of a finished run of what its process left when it was killed at the very end, its lock included. A
 * folder that another process holds, or that cannot be written, stays as it is: the run is whole.
 */
export async function tidyFinished(runsFolder: string, id: string): Promise<void> {
  const run = openRun(runsFolder, id);
  const locked = (await readdir(folderOf(run))).some(isLockFile);
  if (!locked && (await leftOversOf(run)).length === 0) return;
  try {
    await withLock(runsFolder, id, async () => removeLeftOvers(run, await leftOversOf(run)));
  } catch (error) {
    if (!(error instanceof UserError) && systemRefusalOf(error) === undefined) throw error;
  }
}
