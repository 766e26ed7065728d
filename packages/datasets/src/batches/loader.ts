/**
 * @file Batches of one static shape, prepared ahead in worker threads.
 *
 * The consumer blocks its thread while it computes, so the next batches must already be with a worker by
 * then. Without augmentation there is nothing to prepare: copying 32 pictures takes 0.1 ms (48x48) or
 * 1.7 ms (224x224), no longer than the way to a worker and back, so those batches are always made on the
 * calling thread. One worker augments about 17,000 pictures a second of 48x48, 1,200 of 224x224
 * (`golden/measure-speed.ts`, on a machine of two cores).
 *
 * Streamed pictures are decoded on the way, augmented or not, so all of their batches come from workers:
 * as many as there are cores, up to 8, and two batches ahead for each. These batches are all that a
 * streamed set takes of memory, whatever its size.
 */
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import { checkAugmentation, type Augmentation } from "../augment/augmentation.ts";
import { DatasetError } from "../error.ts";
import type { Images } from "../images/streamed-images.ts";
import { gather, type GatherTask, picturesOf, type Unreadable } from "./gather.ts";

/** Shapes: B pictures, always the loader's batch size, of S x S pixels. */
export interface Batch {
  /** [B, S, S, 3] red, green, blue, over memory of its own that is not shared. */
  readonly images: Uint8Array<ArrayBuffer>;
  /** [B] rows of the images; padding repeats the last of the order. */
  readonly indices: Int32Array<ArrayBuffer>;
  /** [B] 1 for a sample, 0 for padding. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** How many of the B are samples: they come first. */
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
  /** The rows of the images to go through; a row that comes twice is augmented anew each time. */
  readonly order: Int32Array;
  readonly seed: number;
  readonly epoch: number;
  /** Without it the pictures come as they were decoded. */
  readonly augmentation?: Augmentation;
}

export interface BatchLoader {
  /** The batches of one epoch, in order. Leaving the loop early is fine; so are several epochs at once. */
  epoch(epoch: Epoch): AsyncIterable<Batch>;
  /** Ends the threads and what they were preparing. A later epoch would start new ones. */
  close(): Promise<void>;
}

/** As many threads as keep training busy: one that augments, or several that decode. */
export function loaderThreads(images: Images): number {
  return "pixels" in images ? 1 : Math.min(8, availableParallelism());
}

/**
 * Makes batches of `images`. Each depends only on the order, seed, epoch and augmentation, not on threads,
 * timing or where the pictures are. Threads start with the first epoch that needs them and never keep the
 * process alive. A streamed picture that can no longer be read is a DatasetError of its batch.
 */
export function createBatchLoader(images: Images, options: BatchLoaderOptions): BatchLoader {
  const streams = !("pixels" in images);
  const { batchSize, threads = loaderThreads(images) } = options;
  const { prefetch = streams ? Math.max(2, 2 * threads) : 2 } = options;
  requireWhole("batchSize", batchSize, 1);
  requireWhole("threads", threads, 0);
  requireWhole("prefetch", prefetch, 0);
  let pool: Piscina<GatherTask, Uint8Array<ArrayBuffer> | Unreadable> | undefined;

  const usesThreads = (augmentation?: Augmentation) =>
    threads > 0 && (streams || augmentation !== undefined);

  const startPool = () =>
    new Piscina<GatherTask, Uint8Array<ArrayBuffer> | Unreadable>({
      filename: new URL("./gather-worker.ts", import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      // All batches ahead are with the workers at once: while the caller's thread computes, it cannot
      // hand the next one to a worker that has become free.
      concurrentTasksPerWorker: Math.ceil((prefetch + 1) / threads),
    });

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
    const pictures = picturesOf(images, indices);
    const task = { pictures, size: images.size, ids, seed, epoch, augmentation };
    const gathered = await (usesThreads(augmentation)
      ? (pool ??= startPool()).run(task)
      : gather(task));
    if ("unreadable" in gathered) throw new DatasetError(gathered.unreadable);
    return { images: gathered, indices, weights, count: rows.length };
  }

  async function* batches(epoch: Epoch): AsyncGenerator<Batch> {
    const { order, augmentation } = epoch;
    const most = usesThreads(augmentation) ? prefetch : 0;
    const repeats = repeatsOf(order, images.count);
    const ahead: Promise<Batch>[] = [];
    for (let first = 0; first < order.length; first += batchSize) {
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
      const stranger = epoch.order.find((row) => row < 0 || row >= images.count);
      if (stranger !== undefined) {
        throw new DatasetError(
          `epoch: expected an order of rows below ${images.count}, got row ${stranger}; make the order ` +
            "for these images.",
        );
      }
      return batches(epoch);
    },
    async close() {
      const closing = pool;
      pool = undefined;
      // A batch that comes while the threads end is an error to the pool, and nobody waits for it any more.
      closing?.on("error", () => {});
      await closing?.destroy();
    },
  };
}

/** [order] how often each row stood before in the order. */
function repeatsOf(order: Int32Array, count: number): Int32Array {
  const seen = new Int32Array(count);
  return order.map((row) => {
    const before = seen[row]!;
    seen[row] = before + 1;
    return before;
  });
}

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new DatasetError(
    `createBatchLoader: expected ${name} to be a whole number of ${least} or more, got ${value}; ` +
      "correct the option.",
  );
}
