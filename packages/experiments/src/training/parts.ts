/** @file In how many parts a batch goes through a classifier. */
import { deit, microBatchesOf } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { UsageError } from "../usage-error.ts";

/**
 * Activations of the widest layer that a part has at least: 4 images of DeiT-S at 224. Smaller parts spend their
 * time on the parameters' gradients, larger ones on memory that no cache holds.
 */
const activationsPerPart = 4 * 197 * 1536;

/**
 * The parts of a batch: as many as a configuration asks for, or as few as keep a part in the caches, where the
 * backend computes parts at all. A result depends on it by rounding alone.
 */
export function partsOf(
  backend: Pick<Backend, "sideBySide">,
  model: deit.VitConfig,
  {
    batchSize,
    accumulate,
  }: { readonly batchSize: number; readonly accumulate?: number | undefined },
): number {
  if (accumulate !== undefined) {
    if (backend.sideBySide === undefined && accumulate > 1) {
      throw new UsageError(
        `accumulate: expected an engine that computes batches in parts, got one that does not. Use --device cpu, or a smaller batch.`,
      );
    }
    if (batchSize % accumulate === 0) return microBatchesOf(batchSize, backend, accumulate);
    throw new UsageError(
      `accumulate: expected a divisor of the batch of ${batchSize}, got ${accumulate}. Set another with --set accumulate=N or --set batchSize=N.`,
    );
  }
  if (backend.sideBySide === undefined) return 1;
  const perImage = (deit.patchCount(model) + 1) * model.width * model.mlpRatio;
  const imagesPerPart = Math.max(1, Math.round(activationsPerPart / perImage));
  let parts = Math.max(1, Math.floor(batchSize / imagesPerPart));
  while (batchSize % parts !== 0) parts -= 1;
  return parts;
}
