/** @file How fast pictures come as augmented batches, and what memory that takes, without any training. */
import { createBatchLoader, defaultAugmentation, openImages, shuffledOrder } from "@mvt/datasets";
import type { ImageStorage, Sample } from "@mvt/datasets";

export interface PipelineOptions {
  readonly storage: ImageStorage;
  readonly size: number;
  readonly batchSize: number;
  readonly threads?: number | undefined;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

export interface PipelineTimes {
  /** Decoding into memory, or trying every picture. */
  readonly openSeconds: number;
  /** One epoch of shuffled, augmented batches. */
  readonly epochSeconds: number;
  /** Resident memory of the process in bytes: before, at its highest, and after each quarter of the epoch. */
  readonly before: number;
  readonly peak: number;
  readonly quarters: readonly number[];
}

/** Opens the pictures and goes through one epoch. */
export async function timePipeline(
  samples: readonly Sample[],
  { storage, size, batchSize, threads, onProgress }: PipelineOptions,
): Promise<PipelineTimes> {
  let peak = 0;
  const resident = () => {
    const now = process.memoryUsage.rss();
    peak = Math.max(peak, now);
    return now;
  };
  const before = resident();
  const start = performance.now();
  const images = await openImages(samples, storage, {
    size,
    onProgress: (done, total) => {
      resident();
      onProgress?.("opening", done, total);
    },
  });
  const opened = performance.now();
  const loader = createBatchLoader(images, {
    batchSize,
    ...(threads === undefined ? {} : { threads }),
  });
  const quarters: number[] = [];
  try {
    const order = shuffledOrder(samples.length, 0, 1);
    let seen = 0;
    const epoch = { order, seed: 0, epoch: 1, augmentation: defaultAugmentation };
    for await (const { count } of loader.epoch(epoch)) {
      seen += count;
      const now = resident();
      while (seen >= ((quarters.length + 1) * samples.length) / 4) quarters.push(now);
      onProgress?.("epoch", seen, samples.length);
    }
  } finally {
    await loader.close();
  }
  const seconds = (from: number, to: number) => (to - from) / 1000;
  return {
    openSeconds: seconds(start, opened),
    epochSeconds: seconds(opened, performance.now()),
    before,
    peak,
    quarters,
  };
}
