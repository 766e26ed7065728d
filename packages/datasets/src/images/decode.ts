/**
 * @file Decoding a split once: from the cache, or in worker threads.
 */
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import type { ImageSource, Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { cacheFile, readCache, writeCache } from "./cache.ts";
import decodeTask, { type DecodeFailure, type DecodeTask } from "./decode-worker.ts";
import { allocateImages, type DecodedImages } from "./decoded-images.ts";

export interface DecodeOptions {
  /** S: the pictures are made S x S pixels, whatever their shape was. */
  readonly size: number;
  /** Where decoded pictures are kept between runs; without it nothing is kept. */
  readonly cacheFolder?: string;
  /**
   * Worker threads; as many as the machine has cores by default, 0 for none. libvips decodes on Node's
   * own pool of UV_THREADPOOL_SIZE (4) threads, so more than that helps only with a larger pool.
   */
  readonly threads?: number;
  /** Called after every few pictures with how many of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Unreadable pictures that an error names beside the first. */
const namedFailures = 4;

/** Pictures per task: enough to hide the round trip, few enough for a smooth progress. */
const taskLength = 16;

/**
 * The pictures of `samples`, decoded and resized (see `decode-image.ts`), in their order.
 *
 * The pixels do not depend on the number of threads, nor on whether they came from the cache. A picture
 * that cannot be read is a DatasetError, once all have been tried: it gives the reason for the first,
 * says how many of how many fail and names five of them; nothing is then cached.
 */
export async function decodeImages(
  samples: readonly Sample[],
  options: DecodeOptions,
): Promise<DecodedImages> {
  const { size, cacheFolder, onProgress } = options;
  const images = allocateImages(
    samples.map(({ id }) => id),
    size,
  );
  const cache = cacheFolder && (await cacheFile(cacheFolder, samples, size));
  if (cache && (await readCache(cache, images.pixels))) {
    onProgress?.(images.count, images.count);
    return images;
  }
  const failures = await decodeAll(samples, images, options);
  if (failures.length > 0) throw await unreadable(samples, failures, images);
  if (cache) await writeCache(cache, images.pixels);
  return images;
}

async function decodeAll(
  samples: readonly Sample[],
  { size, count, pixels }: DecodedImages,
  { threads = availableParallelism(), onProgress }: DecodeOptions,
): Promise<DecodeFailure[]> {
  const workers = Math.min(threads, Math.ceil(count / taskLength));
  const pool =
    workers > 0
      ? new Piscina<DecodeTask, DecodeFailure[]>({
          filename: new URL("./decode-worker.ts", import.meta.url).href,
          minThreads: workers,
          maxThreads: workers,
        })
      : undefined;
  const failures: DecodeFailure[] = [];
  let next = 0;
  let done = 0;
  const decodeNext = async () => {
    while (next < count) {
      const first = next;
      next += taskLength;
      const sources = samples.slice(first, next).map(({ image }) => ownPixels(image));
      const task = { sources, first, size, pixels };
      failures.push(...(await (pool ? pool.run(task) : decodeTask(task))));
      done += sources.length;
      onProgress?.(done, count);
    }
  };
  try {
    // Two tasks per worker, so that one is always queued when a worker becomes free.
    await Promise.all(Array.from({ length: Math.max(1, 2 * workers) }, decodeNext));
  } finally {
    await pool?.destroy();
  }
  return failures.toSorted((a, b) => a.row - b.row);
}

/** A view of a whole table would be sent to the worker with the whole table. */
function ownPixels(image: ImageSource): ImageSource {
  return image.kind === "pixels" ? { ...image, grey: image.grey.slice() } : image;
}

async function unreadable(
  samples: readonly Sample[],
  failures: readonly DecodeFailure[],
  { size, pixels }: DecodedImages,
): Promise<DatasetError> {
  const { row } = failures[0]!;
  const { image } = samples[row]!;
  // libvips keeps one error text for all threads, so the picture is tried again alone to have its own.
  const [again] = await decodeTask({ sources: [image], first: row, size, pixels });
  const { reason } = again ?? failures[0]!;
  const others = failures
    .slice(1, 1 + namedFailures)
    .map((failure) => nameOf(samples[failure.row]!));
  const more = failures.length - 1 - others.length;
  const also =
    others.length > 0 ? `, also ${others.join(", ")}${more > 0 ? ` and ${more} more` : ""}` : "";
  return new DatasetError(
    `${nameOf(samples[row]!)}: expected a readable picture, found none (${reason}); ` +
      `${failures.length} of ${samples.length} pictures cannot be read${also}. Put intact files in ` +
      "their place, for example by unpacking the data set again; nothing was cached.",
  );
}

const nameOf = ({ id, image }: Sample) => (image.kind === "file" ? image.path : `sample ${id}`);
