/** @file What a training thread reports of a failure. */
import { reasonOf, shorten, UserError } from "@mvt/common";
import { systemRefusalOf } from "@mvt/common/files";
import { WeightsError } from "@mvt/core";
import type { TrainingFailure } from "./failed-runs.ts";

/** How ONNX Runtime, Node and C++ say that memory does not suffice. */
const outOfMemory = /failed to allocate memory|bad_alloc|allocation failed|out of memory/i;

const lessMemory =
  "Train fewer runs at once (--jobs 1), with fewer micro-batches at once (--sessions 1), or in smaller batches (--set batchSize=...).";

/** What an error says to the user. */
export function failureOf(error: unknown): TrainingFailure {
  if (error instanceof WeightsError) {
    return { reason: `${error.finding}. Remove the folder of that run to train it again.` };
  }
  const mendable = error instanceof UserError ? error : systemRefusalOf(error);
  if (mendable !== undefined) return { reason: mendable.message };
  if (outOfMemory.test(reasonOf(error))) {
    const found = shorten(
      reasonOf(error)
        .replace(/^.*(?=failed to allocate)/is, "")
        .trim(),
    );
    return { reason: `there is not enough memory (${found}). ${lessMemory}` };
  }
  const stack = error instanceof Error ? error.stack : undefined;
  return { reason: `${reasonOf(error)}.`, stack: stack ?? String(error) };
}

/** Why a run failed whose thread ended before the training did. */
export function failureOfThread(error: unknown): TrainingFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") {
    return {
      reason:
        "its thread ran out of memory. Train fewer runs at once (--jobs 1), or give Node a larger heap with NODE_OPTIONS.",
    };
  }
  if (/^worker exited/i.test(message)) {
    return {
      reason: `its thread ended before the training did (${message}). Repeat the command to go on.`,
    };
  }
  return failureOf(error);
}
