/**
 * @file The pictures of one batch, copied or augmented: the unit of work that is given to a worker thread.
 */
import { augment, augmentationStream } from "../augment/augment.ts";
import type { Augmentation } from "../augment/augmentation.ts";

/** Shapes: N pictures of the split, B of the batch, S x S pixels. */
export interface GatherTask {
  /** [N, S, S, 3]; shared, so that giving it to a thread copies nothing. */
  readonly pixels: Uint8Array<SharedArrayBuffer>;
  readonly size: number;
  /** [B] rows of `pixels`. */
  readonly rows: Int32Array;
  /** [B] the ids of the samples in these rows, numbered where one comes again: they name random streams. */
  readonly ids: readonly string[];
  readonly seed: number;
  readonly epoch: number;
  /** Without it the pictures are copied. */
  readonly augmentation: Augmentation | undefined;
}

/** [B, S, S, 3] over memory of its own. Depends on the task alone, so it is the same on every thread. */
export function gather(task: GatherTask): Uint8Array<ArrayBuffer> {
  const { pixels, size, rows, ids, seed, epoch, augmentation } = task;
  const length = size * size * 3;
  const images = new Uint8Array(rows.length * length);
  for (const [i, row] of rows.entries()) {
    const source = pixels.subarray(row * length, (row + 1) * length);
    const target = images.subarray(i * length, (i + 1) * length);
    if (augmentation) {
      augment(source, target, size, augmentation, augmentationStream(seed, epoch, ids[i]!));
    } else {
      target.set(source);
    }
  }
  return images;
}
