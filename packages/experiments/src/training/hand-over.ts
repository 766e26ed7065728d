/** @file A run hands the files of its first epochs to runs that begin alike, which go on from there. */
import { copyFile, link, rm } from "node:fs/promises";
import { UserError } from "@mvt/common";
import { makeWhole, systemRefusalOf } from "@mvt/common/files";
import { withLock } from "../runs/lock.ts";
import { openRun } from "../runs/run-folder.ts";
import type { RunFile, RunFolder } from "../runs/run-folder.ts";
import type { ClassifierConfig } from "../settings/run-config.ts";

/** A run that branches off after some epochs. */
export interface Branch {
  readonly id: string;
  readonly config: ClassifierConfig;
  /** How many epochs it has in common with the run that hands them over. */
  readonly epochs: number;
}

/** What a run needs to go on from a checkpoint; the checkpoint comes last, because it says that the rest is there. */
const files: readonly RunFile[] = [
  "made-by.jsonl",
  "validation-best.safetensors",
  "metrics.jsonl",
  "checkpoint.safetensors",
];

/**
 * Gives a branch the files of `run`, which has trained their common epochs, unless it has begun already. A branch that
 * another process trains, or whose folder cannot be written, is left alone: it trains its beginning itself, or says why it
 * cannot.
 */
export async function handOver(run: RunFolder, branch: Branch, runsFolder: string): Promise<void> {
  try {
    await withLock(runsFolder, branch.id, async () => {
      const folder = openRun(runsFolder, branch.id);
      if ((await folder.result()) ?? (await folder.read("checkpoint.safetensors"))) return;
      await folder.write("config.json", `${JSON.stringify(branch.config, null, 2)}\n`);
      for (const file of files) {
        const there = file !== "made-by.jsonl" || (await run.read(file)) !== undefined;
        if (there) await shareFile(run.path(file), folder.path(file));
      }
    });
  } catch (error) {
    if (!(error instanceof UserError) && systemRefusalOf(error) === undefined) throw error;
  }
}

/** A second name for the same bytes where the file system has such; files of a run are replaced, never changed. */
async function shareFile(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await makeWhole(to, (temporary) => link(from, temporary).catch(() => copyFile(from, temporary)));
}
