/** @file Answers for a subset of images, and how many are right. */
import { createBatchLoader, sequentialOrder } from "@mvt/datasets";
import type { Executable } from "@mvt/core";
import type { Subset } from "../data/prepared.ts";
import { runEach } from "./run-each.ts";

export interface Count {
  /** Right answers. */
  readonly k: number;
  /** Images. */
  readonly n: number;
}

export interface Predictions extends Count {
  /** [n] the class with the highest probability; the first of equals. */
  readonly predicted: Int32Array;
  /** [n, K] */
  readonly probabilities: Float32Array;
  /** [n, N] masks as they were applied; only of a classifier with masks. */
  readonly masks?: Float32Array;
}

/** The images of one evaluation batch: enough to keep the cores busy, few enough for DeiT-S's memory. */
export function evaluationBatchSize(imageSize: number): number {
  return imageSize >= 128 ? 16 : 125;
}

/** Runs an evaluation program over a subset, in order. Does not depend on the batch size. */
export async function predict(
  executable: Executable,
  { images, rows, labels }: Subset,
  { batchSize, classes: K }: { readonly batchSize: number; readonly classes: number },
): Promise<Predictions> {
  const n = rows.length;
  const predicted = new Int32Array(n);
  const probabilities = new Float32Array(n * K);
  let masks: Float32Array | undefined;
  const loader = createBatchLoader(images, { batchSize });
  const order = sequentialOrder(n).map((i) => rows[i]!);
  let [at, k] = [0, 0];
  try {
    const batches = loader.epoch({ order, seed: 0, epoch: 0 });
    const answered = runEach(executable, batches, (batch) => ({ images: batch.images }));
    for await (const [batch, results] of answered) {
      const answers = results["probabilities"]!.subarray(0, batch.count * K);
      probabilities.set(answers, at * K);
      const batchMasks = results["mask"];
      if (batchMasks) {
        const N = batchMasks.length / batchSize;
        masks ??= new Float32Array(n * N);
        masks.set(batchMasks.subarray(0, batch.count * N), at * N);
      }
      for (let i = 0; i < batch.count; i += 1, at += 1) {
        predicted[at] = argmax(answers.subarray(i * K, (i + 1) * K));
        if (predicted[at] === labels[at]) k += 1;
      }
    }
  } finally {
    await loader.close();
  }
  return { k, n, predicted, probabilities, ...(masks ? { masks } : {}) };
}

/** The index of the largest value; the first of equals. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i]! > values[best]!) best = i;
  return best;
}
