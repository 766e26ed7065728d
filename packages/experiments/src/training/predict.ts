/** @file Predictions for a subset of images, and how many are right. */
import { createBatchLoader, sequentialOrder } from "@mvt/datasets";
import type { Executable, Feeds, Results } from "@mvt/core";
import { argmax } from "@mvt/common";
import type { Subset } from "../data/prepared.ts";
import type { Predictions } from "../runs/predictions.ts";

/** The images of one evaluation batch: enough to keep the cores busy, few enough for DeiT-S's memory. */
export function evaluationBatchSize(imageSize: number): number {
  return imageSize >= 128 ? 16 : 125;
}

/**
 * Runs an evaluation program over a subset, in order. Does not depend on the batch size.
 *
 * @param pause is called before every batch but the first; what it throws ends the evaluation
 */
export async function predict(
  executable: Executable,
  { images, rows, labels }: Subset,
  {
    batchSize,
    classes: K,
    pause = async () => {},
  }: {
    readonly batchSize: number;
    readonly classes: number;
    readonly pause?: () => Promise<void>;
  },
): Promise<Predictions> {
  const n = rows.length;
  const predicted = new Int32Array(n);
  const probabilities = new Float32Array(n * K);
  /** What is collected beside probabilities, where the program has it: [n, values of an image]. */
  const collected: { mask?: Float32Array; features?: Float32Array } = {};
  const loader = createBatchLoader(images, { batchSize });
  const order = sequentialOrder(n).map((i) => rows[i]!);
  let [at, k] = [0, 0];
  try {
    const batches = loader.epoch({ order, seed: 0, epoch: 0 });
    const predictedBatches = runEach(executable, batches, (batch) => ({ images: batch.images }));
    for await (const [batch, results] of predictedBatches) {
      if (at > 0) await pause();
      const batchProbabilities = results["probabilities"]!.subarray(0, batch.count * K);
      probabilities.set(batchProbabilities, at * K);
      for (const name of ["mask", "features"] as const) {
        const values = results[name];
        if (values === undefined) continue;
        const size = values.length / batchSize;
        const all = (collected[name] ??= new Float32Array(n * size));
        all.set(values.subarray(0, batch.count * size), at * size);
      }
      for (let i = 0; i < batch.count; i += 1, at += 1) {
        predicted[at] = argmax(batchProbabilities.subarray(i * K, (i + 1) * K));
        if (predicted[at] === labels[at]) k += 1;
      }
    }
  } finally {
    await loader.close();
  }
  const { mask: masks, features } = collected;
  return { k, n, predicted, probabilities, masks, features };
}

/**
 * Runs a program over a stream of items, several in one call where the engine is faster so. Yields every item with its
 * results, in order, and whether it is the last of its call: then the state is that after this item. `feedsOf` is called
 * in that order, just before the run.
 */
export async function* runEach<Item>(
  executable: Executable,
  items: AsyncIterable<Item>,
  feedsOf: (item: Item) => Feeds,
): AsyncGenerator<readonly [item: Item, results: Results, settled: boolean]> {
  const { multiStep } = executable;
  let waiting: Item[] = [];
  const run = async () => {
    const feeds = waiting.map((item) => feedsOf(item));
    const results = multiStep ? await multiStep.run(feeds) : [await executable.run(feeds[0]!)];
    const done = waiting.map((item, i) => [item, results[i]!, i + 1 === feeds.length] as const);
    waiting = [];
    return done;
  };
  for await (const item of items) {
    waiting.push(item);
    if (waiting.length >= (multiStep?.steps ?? 1)) yield* await run();
  }
  if (waiting.length > 0) yield* await run();
}
