/** @file A run hands the files of its first epochs to runs that begin alike, which go on from there. */
import { copyFile, link } from "node:fs/promises";
import { UserError } from "@mvt/common";
import { systemRefusalOf } from "@mvt/common/files";
import { listCheckpoints } from "../runs/checkpoint-files.ts";
import type { CheckpointFile } from "../runs/checkpoint-files.ts";
import { withLock } from "../runs/lock.ts";
import { openRun } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { ClassifierConfig } from "../settings/run-config.ts";

/** A run that branches off after some epochs. */
export interface Branch {
  readonly id: string;
  readonly config: ClassifierConfig;
  /** How many epochs it has in common with the run that hands them over. */
  readonly epochs: number;
}

/**
 * Gives a branch the checkpoint `file` of `run`, which has just trained their common epochs, unless it has begun already.
 * A branch that another process trains, or whose folder cannot be written, is left alone: it trains its beginning itself,
 * or says why it cannot.
 */
export async function handOver(
  run: RunFolder,
  file: CheckpointFile,
  branch: Branch,
  runsFolder: string,
): Promise<void> {
  try {
    await withLock(runsFolder, branch.id, async (lock) => {
      const folder = openRun(runsFolder, branch.id, lock.require);
      const begun = (await listCheckpoints(folder.folder)).length > 0;
      if (begun || (await folder.result())) return;
      await folder.write("config.json", `${JSON.stringify(branch.config, null, 2)}\n`);
      const origins = await run.read("made-by.jsonl");
      if (origins) await folder.write("made-by.jsonl", origins);
      await shareFile(run.path(file), folder, file);
    });
  } catch (error) {
    if (!(error instanceof UserError) && systemRefusalOf(error) === undefined) throw error;
  }
}

/** A second name for the same bytes where the file system has such; files of a run are replaced, never changed. */
async function shareFile(from: string, to: RunFolder, file: CheckpointFile): Promise<void> {
  await to.remove(file);
  await to.make(file, (temporary) => link(from, temporary).catch(() => copyFile(from, temporary)));
}
