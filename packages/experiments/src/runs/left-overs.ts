/** @file What a killed process leaves in the folder of a run, and what only an unfinished run needs once it is finished. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@mvt/common";
import { namesIn, systemRefusalOf, unfinishedSuffix } from "@mvt/common/files";
import { isLockFile, withLock } from "./lock.ts";
import type { HeldLock } from "./lock.ts";
import { openRun } from "./run-folder.ts";
import type { RunFolder } from "./run-folder.ts";

/** What only an unfinished run needs. */
const ofUnfinished = /^checkpoint\b.*\.safetensors$|^made-by\.jsonl$/;

/** The names of the left-overs. The caller holds the run's lock, so that no other process writes there. */
export async function leftOversOf({ folder }: RunFolder): Promise<readonly string[]> {
  return leftOversAmong(await namesIn(folder));
}

function leftOversAmong(names: readonly string[]): readonly string[] {
  const finished = names.includes("result.json");
  return names.filter(
    (name) =>
      !isLockFile(name) &&
      (name.endsWith(unfinishedSuffix) || (finished && ofUnfinished.test(name))),
  );
}

/** Removes the left-overs that taking the lock has not removed; returns the names of all. */
export async function clear(run: RunFolder, lock: HeldLock): Promise<readonly string[]> {
  const names = await leftOversOf(run);
  for (const name of names) {
    await lock.require();
    await rm(join(run.folder, name), { recursive: true, force: true });
  }
  return [...lock.cleared, ...names].toSorted();
}

/**
 * Clears the folder of a finished run of what its process left when it was killed at the very end, its lock included. A
 * folder that another process holds, or that cannot be written, stays as it is: the run is whole.
 */
export async function tidyFinished(runsFolder: string, id: string): Promise<void> {
  const run = openRun(runsFolder, id);
  const names = await namesIn(run.folder);
  if (!names.some(isLockFile) && leftOversAmong(names).length === 0) return;
  try {
    await withLock(runsFolder, id, (lock) => clear(run, lock));
  } catch (error) {
    if (!(error instanceof UserError) && systemRefusalOf(error) === undefined) throw error;
  }
}
