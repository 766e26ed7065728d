/** @file The checkpoint that an interrupted run goes on from: the newest that is whole. */
import { UserError } from "@mvt/common";
import { WeightsError } from "@mvt/core";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import {
  hasOldCheckpoint,
  listCheckpoints,
  oldCheckpoint,
  stepOf,
} from "../runs/checkpoint-files.ts";
import type { CheckpointFile } from "../runs/checkpoint-files.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { decodeCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { wrongParameter } from "./require-weights.ts";
import type { ExpectedParameter } from "./require-weights.ts";

/** What a run's checkpoint must hold. */
export interface ExpectedCheckpoint<Metrics> {
  /** The schema of a line of metrics.jsonl. */
  readonly line: z.ZodType<Metrics>;
  /** The parameters of the network, under their names in the state. */
  readonly parameters?: readonly ExpectedParameter[];
}

/** A checkpoint with its file. */
export interface OpenedCheckpoint<Metrics> {
  readonly file: CheckpointFile;
  readonly checkpoint: Checkpoint<Metrics>;
}

/**
 * The newest checkpoint of `run` that is whole; undefined if it has none, and begins. Damaged ones are told to
 * `onNotice`, passed over and removed.
 *
 * @throws UserError for a checkpoint that cannot be read, such as a folder of that name.
 */
export async function openCheckpoint<Metrics>(
  run: RunFolder,
  expected: ExpectedCheckpoint<Metrics>,
  onNotice: (notice: string) => void = () => {},
): Promise<OpenedCheckpoint<Metrics> | undefined> {
  const { folder } = run;
  if (await hasOldCheckpoint(folder)) {
    onNotice(`${oldCheckpoint} is of an earlier version, which cannot be gone on from; removed`);
    await remove(join(folder, oldCheckpoint), rm(join(folder, oldCheckpoint), { force: true }));
  }
  const damaged: { readonly file: CheckpointFile; readonly reason: string }[] = [];
  let opened: OpenedCheckpoint<Metrics> | undefined;
  for (const file of await listCheckpoints(folder)) {
    try {
      opened = { file, checkpoint: await decode(run, file, expected) };
      break;
    } catch (error) {
      if (!(error instanceof WeightsError)) throw error;
      damaged.push({ file, reason: error.finding.replace(`${run.path(file)}: `, "") });
    }
  }
  for (const { file, reason } of damaged) {
    const goingOn =
      opened === undefined
        ? "none is whole, so the run begins again"
        : `going on from ${opened.file}, ${earlier(file, opened.file)}`;
    onNotice(`${file} is damaged (${reason}); ${goingOn}`);
    await remove(run.path(file), run.remove(file));
  }
  return opened;
}

/** "3 steps earlier": the work that is lost. */
function earlier(file: CheckpointFile, opened: CheckpointFile): string {
  const steps = stepOf(file) - stepOf(opened);
  return steps === 1 ? "1 step earlier" : `${steps} steps earlier`;
}

async function decode<Metrics>(
  run: RunFolder,
  file: CheckpointFile,
  { line, parameters = [] }: ExpectedCheckpoint<Metrics>,
): Promise<Checkpoint<Metrics>> {
  const path = run.path(file);
  const bytes = await run.read(file);
  if (bytes === undefined) throw new WeightsError(`${path}: expected a checkpoint, found none`);
  const checkpoint = decodeCheckpoint(bytes, path, line);
  const wrong = wrongParameter(checkpoint.state, parameters);
  if (wrong) {
    const { name, expected, found } = wrong;
    throw new WeightsError(`${path}: expected ${name} ${expected}, got ${found}`);
  }
  if (checkpoint.step !== stepOf(file)) {
    throw new WeightsError(
      `${path}: expected the state after ${stepOf(file)} steps, got that after ${checkpoint.step}`,
    );
  }
  return checkpoint;
}

/** `removing` a file where there may be a folder. */
async function remove(path: string, removing: Promise<void>): Promise<void> {
  await removing.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_FS_EISDIR") throw error;
    throw new UserError(`${path}: expected a checkpoint, found a folder. Move it away.`);
  });
}
