/**
 * @file Makes batches of one static shape, ahead of their use, in worker threads.
 *
 * Training blocks its thread while it computes, so workers must have the next batches before that. Without
 * augmentation there is nothing to prepare: copying 32 images takes 0.1 ms (48x48) or 1.7 ms (224x224), no
 * longer than sending them to a worker and back, so the calling thread makes those batches. One worker augments
 * about 17,000 images a second of 48x48, 1,200 of 224x224 (`golden/measure-speed.ts`, on a machine of two
 * cores).
 *
 * Streamed images have to be decoded, augmented or not, so workers make all of their batches. There are as many
 * workers as cores, up to 8, and two batches ahead for each. A streamed set takes no memory beyond these
 * batches, whatever its size.
 */
import { availableParallelism } from "node:os";
import { moduleBeside } from "@mvt/common";
import type { Piscina } from "piscina";
import { checkAugmentation, type Augmentation } from "../augment/augmentation.ts";
import { DatasetError, requireThat } from "../error.ts";
import type { Images } from "../images/images.ts";
import { gather, type GatherTask, sourceOf, type Unreadable } from "./gather.ts";

/** Shapes: B images, always the loader's batch size, of S x S pixels. */
export interface Batch {
  /** [B, S, S, 3] red, green, blue, over memory of its own that is not shared. */
  readonly images: Uint8Array<ArrayBuffer>;
  /** [B] rows of the images; padding repeats the last row of the order. */
  readonly indices: Int32Array<ArrayBuffer>;
  /** [B] 1 for a sample, 0 for padding. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** How many of the B are samples, which come first. */
  readonly count: number;
}

export interface BatchLoaderOptions {
  readonly batchSize: number;
  /**
   * Worker threads for augmentation and decoding, by default `loaderThreads(images)`; 0 makes every batch on
   * the calling thread, byte for byte the same.
   */
  readonly threads?: number;
  /** How many batches are prepared ahead of the one being used: 2 by default, 2 per thread of a stream. */
  readonly prefetch?: number;
}

export interface Epoch {
  /** The rows of the images, in order. A row that occurs twice is augmented differently each time. */
  readonly order: Int32Array;
  readonly seed: number;
  readonly epoch: number;
  /** None if absent. */
  readonly augmentation?: Augmentation;
  /** Leaves out this many batches, the first ones; the others are as they are without it. Default 0. */
  readonly skip?: number;
}

export interface BatchLoader {
  /** The batches of one epoch, in order. The loop may be left early, and several epochs may run at once. */
  epoch(epoch: Epoch): AsyncIterable<Batch>;
  /** Ends the threads and discards their batches. A later epoch would start new threads. */
  close(): Promise<void>;
}

type GatherPool = Piscina<GatherTask, Uint8Array<ArrayBuffer> | Unreadable>;

/** How many threads keep up with training: one that augments, or several that decode. */
export function loaderThreads(images: Images): number {
  return "pixels" in images ? 1 : Math.min(8, availableParallelism());
}

/**
 * Makes batches of `images`. Each depends only on the order, seed, epoch and augmentation, not on threads,
 * timing or storage. Threads start with the first epoch that needs them and never keep the process alive. If a
 * streamed image can no longer be read, its batch throws a DatasetError that names it.
 */
export function createBatchLoader(images: Images, options: BatchLoaderOptions): BatchLoader {
  const streams = !("pixels" in images);
  const { batchSize, threads = loaderThreads(images) } = options;
  const { prefetch = streams ? Math.max(2, 2 * threads) : 2 } = options;
  requireWhole("batchSize", batchSize, 1);
  requireWhole("threads", threads, 0);
  requireWhole("prefetch", prefetch, 0);
  let pool: Promise<GatherPool> | undefined;

  const usesThreads = (augmentation?: Augmentation) =>
    threads > 0 && (streams || augmentation !== undefined);

  const startPool = async (): Promise<GatherPool> => {
    const { Piscina } = await import("piscina");
    return new Piscina({
      filename: moduleBeside(import.meta.url, "gather").href,
      minThreads: threads,
      maxThreads: threads,
      // Workers get all batches ahead at once: while the caller's thread computes, it cannot give the next one
      // to a worker that has become free.
      concurrentTasksPerWorker: Math.ceil((prefetch + 1) / threads),
    });
  };

  /** The batch of at most B rows, filled up to B with the last row at weight 0. */
  async function prepare(
    rows: Int32Array,
    repeats: Int32Array,
    { seed, epoch, augmentation }: Epoch,
  ): Promise<Batch> {
    const indices = new Int32Array(batchSize).fill(rows.at(-1)!);
    indices.set(rows);
    const weights = new Float32Array(batchSize).fill(1, 0, rows.length);
    const ids = Array.from(indices, (row, i) => {
      const repeat = repeats[Math.min(i, rows.length - 1)]!;
      return repeat === 0 ? images.ids[row]! : `${images.ids[row]!} #${repeat}`;
    });
    const source = sourceOf(images, indices);
    const task = { source, size: images.size, ids, seed, epoch, augmentation };
    const gathered = await (usesThreads(augmentation)
      ? (await (pool ??= startPool())).run(task)
      : gather(task));
    if ("unreadable" in gathered) throw new DatasetError(gathered.unreadable);
    return { images: gathered, indices, weights, count: rows.length };
  }

  async function* batches(epoch: Epoch): AsyncGenerator<Batch> {
    const { order, augmentation, skip = 0 } = epoch;
    const most = usesThreads(augmentation) ? prefetch : 0;
    const repeats = repeatsOf(order, images.count);
    const ahead: Promise<Batch>[] = [];
    for (let first = skip * batchSize; first < order.length; first += batchSize) {
      const last = first + batchSize;
      const batch = prepare(order.subarray(first, last), repeats.subarray(first, last), epoch);
      batch.catch(() => {}); // thrown where it is awaited below, unless the loop was left before
      ahead.push(batch);
      if (ahead.length > most) yield await ahead.shift()!;
    }
    for (const batch of ahead) yield await batch;
  }

  return {
    epoch(epoch) {
      if (epoch.augmentation) checkAugmentation(epoch.augmentation);
      requireWhole("skip", epoch.skip ?? 0, 0);
      const unknown = epoch.order.find((row) => row < 0 || row >= images.count);
      if (unknown !== undefined) {
        throw new DatasetError(
          `epoch: expected an order of rows below ${images.count}, got row ${unknown}; make the order ` +
            "for these images.",
        );
      }
      return batches(epoch);
    },
    async close() {
      const started = pool;
      pool = undefined;
      const closing = await started;
      // For the pool, a batch that arrives while the threads end is an error. Nothing awaits it any more.
      closing?.on("error", () => {});
      await closing?.destroy();
    },
  };
}

/** [order] how often each row occurred before in the order. */
function repeatsOf(order: Int32Array, count: number): Int32Array {
  const seen = new Int32Array(count);
  return order.map((row) => {
    const before = seen[row]!;
    seen[row] = before + 1;
    return before;
  });
}

function requireWhole(name: string, value: number, least: number): void {
  const expected = `createBatchLoader: expected ${name} to be a whole number of ${least} or more`;
  requireThat(Number.isInteger(value) && value >= least, expected, value, "Correct the option.");
}
