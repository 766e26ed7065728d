/** @file What a training thread reports of a failure. */
import { reasonOf, shorten, UserError } from "@mvt/common";
import { systemRefusalOf } from "@mvt/common/files";
import { WeightsError } from "@mvt/core";
import type { TrainingFailure } from "./failed-runs.ts";

/** How ONNX Runtime, Node and C++ say that memory does not suffice. */
const outOfMemory = /failed to allocate memory|bad_alloc|allocation failed|out of memory/i;

const lessMemory =
  "Train fewer runs at once (--jobs 1), with fewer micro-batches at once (--sessions 1), or in smaller batches (--set batchSize=...).";

/** How ONNX Runtime, Dawn (its WebGPU), Vulkan and Direct3D 12 say that the driver has given the GPU up. */
const deviceLost =
  /\bdevice\b[^.]{0,40}\b(is|was|has been) lost|device lost|DEVICE_LOST|DXGI_ERROR_DEVICE_(REMOVED|HUNG|RESET)/i;

/** How they say that the driver does not take a program for the GPU. */
const notCompiled = /CreateShaderModule|CreateComputePipeline|shader[^.]{0,40}(invalid|failed)/i;

/** Undefined for an error that is not about a GPU. */
function failureOfGpu(message: string): TrainingFailure | undefined {
  const [found = ""] = message.trim().split("\n");
  if (deviceLost.test(message)) {
    return {
      reason: `the GPU was lost: its driver reset or removed it (${shorten(found)}). Repeat the command to go on from the last checkpoint. If it happens again, update the driver, train in smaller batches (--set batchSize=...), or use --device cpu.`,
    };
  }
  if (!notCompiled.test(message)) return undefined;
  return {
    reason: `the GPU's driver refused a program (${shorten(found)}). Update the driver, see what \`pnpm exp doctor --device webgpu\` says, or use --device cpu.`,
  };
}

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
  const ofGpu = failureOfGpu(reasonOf(error));
  if (ofGpu !== undefined) return ofGpu;
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
