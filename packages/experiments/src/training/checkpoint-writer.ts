/**
 * @file Writes the checkpoints of a run while it goes on training. Hashing and writing take place in the threads of
 * Node's pool; the training thread copies the state and passes it on.
 */
import { checkpointFile } from "../runs/checkpoint-files.ts";
import type { CheckpointFile } from "../runs/checkpoint-files.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { encodeCheckpointParts } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { CheckpointPolicy } from "./checkpoint-policy.ts";

export interface CheckpointWriter {
  /** Whether a checkpoint within the epoch is due after so many steps of the run. Throws what writing the last one threw. */
  due(step: number): boolean;
  /** Whether the end of an epoch is worth a checkpoint. */
  dueAtEpoch(): boolean;
  /** Begins to write, once the one before is written. The arrays must stay as they are. */
  write(checkpoint: Checkpoint<unknown>): Promise<CheckpointFile>;
  /** Waits until all that was begun is on the disk. Throws what writing threw. */
  settle(): Promise<void>;
}

/** @param from Steps that the run has when it begins or goes on. */
export function checkpointWriter(
  run: RunFolder,
  { every, keep, apart }: CheckpointPolicy,
  from: number,
): CheckpointWriter {
  let last = { step: from, at: performance.now() };
  let pending: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const writeOut = async (checkpoint: Checkpoint<unknown>) => {
    const file = checkpointFile(checkpoint.step);
    await run.writeDurably(file, await encodeCheckpointParts(checkpoint));
    await run.removeCheckpoints(keep);
  };
  const throwFailure = () => {
    if (failure !== undefined) throw failure.error;
  };
  const elapsed = () => performance.now() - last.at;

  return {
    due(step) {
      throwFailure();
      if (every === "epoch") return false;
      // Steps are counted whatever the clock says; `write` then waits for the disk.
      if ("steps" in every) return step - last.step >= every.steps;
      return pending === undefined && elapsed() >= 60_000 * every.minutes;
    },
    dueAtEpoch: () => elapsed() >= apart,
    async write(checkpoint) {
      await pending;
      throwFailure();
      last = { step: checkpoint.step, at: performance.now() };
      pending = writeOut(checkpoint)
        .catch((error: unknown) => {
          failure = { error };
        })
        .finally(() => {
          pending = undefined;
        });
      return checkpointFile(checkpoint.step);
    },
    async settle() {
      await pending;
      throwFailure();
    },
  };
}
