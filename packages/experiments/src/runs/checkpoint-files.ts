/** @file The names of a run's checkpoints: `checkpoint-000000812.safetensors` holds the state after 812 steps. */
import { namesIn } from "@mvt/common/files";

export type CheckpointFile = `checkpoint-${string}.safetensors`;

/** What versions before 1 named theirs. They cannot be gone on from. */
export const oldCheckpoint = "checkpoint.safetensors";

const form = /^checkpoint-(\d{9,})\.safetensors$/;

/** The name of the checkpoint after `step` steps. */
export function checkpointFile(step: number): CheckpointFile {
  return `checkpoint-${String(step).padStart(9, "0")}.safetensors`;
}

/** The steps of a checkpoint, from its name. */
export function stepOf(file: CheckpointFile): number {
  return Number(form.exec(file)![1]);
}

/** The checkpoints in the folder of a run, that of most steps first; none if there is no folder. */
export async function listCheckpoints(folder: string): Promise<readonly CheckpointFile[]> {
  const names = await namesOf(folder);
  return names
    .filter((name): name is CheckpointFile => form.test(name))
    .toSorted((a, b) => stepOf(b) - stepOf(a));
}

/** Whether the run has a checkpoint of an earlier version. */
export async function hasOldCheckpoint(folder: string): Promise<boolean> {
  return (await namesOf(folder)).includes(oldCheckpoint);
}

function namesOf(folder: string): Promise<readonly string[]> {
  return namesIn(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}
