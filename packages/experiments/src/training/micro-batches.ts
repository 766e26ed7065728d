/** @file How many micro-batches a batch is computed in. */
import { UserError } from "@mvt/common";
import { deit, microBatchesOf } from "@mvt/core";
import type { Backend } from "@mvt/core";
import type { RunConfig } from "../settings/run-config.ts";

/**
 * The fewest activations of the widest layer in a micro-batch: 4 images of DeiT-S at 224 x 224. Smaller ones spend
 * their time on the gradients of the parameters, larger ones on memory that no cache holds.
 */
const activationsPerMicroBatch = 4 * 197 * 1536;

/** Throws UserError where `accumulate` of one of these runs does not fit its batch, or has no effect on the engine. */
export function requireMicroBatches(
  backend: Pick<Backend, "sideBySide">,
  configs: readonly Pick<RunConfig, "model" | "training">[],
): void {
  for (const { model, training } of configs) microBatchCount(backend, model, training);
}

export interface BatchOptions {
  readonly batchSize: number;
  /** The setting: how many micro-batches each thread computes, one after another. */
  readonly accumulate?: number;
  /** How many times an image goes through a network of this size in a step; default 1, as in a classifier's. */
  readonly passes?: number;
}

/**
 * The number of micro-batches: as many as `accumulate` asks for, else as few as keep one in the caches, where the
 * backend computes micro-batches at all. It changes a result by rounding only.
 */
export function microBatchCount(
  backend: Pick<Backend, "sideBySide">,
  model: deit.VitConfig,
  { batchSize, accumulate, passes = 1 }: BatchOptions,
): number {
  if (accumulate !== undefined) {
    if (backend.sideBySide === undefined && accumulate > 1) {
      throw new UserError(
        `accumulate: expected an engine that computes batches in micro-batches, got one that does not. Use --device cpu, or a smaller batch.`,
      );
    }
    if (batchSize % accumulate === 0) return microBatchesOf(batchSize, backend, accumulate);
    throw new UserError(
      `accumulate: expected a divisor of the batch of ${batchSize}, got ${accumulate}. Set another with --set accumulate=N or --set batchSize=N.`,
    );
  }
  if (backend.sideBySide === undefined) return 1;
  const perImage = passes * deit.tokenCount(model) * model.width * model.mlpRatio;
  const imagesPerMicroBatch = Math.max(1, Math.round(activationsPerMicroBatch / perImage));
  let count = Math.max(1, Math.floor(batchSize / imagesPerMicroBatch));
  while (batchSize % count !== 0) count -= 1;
  return count;
}
