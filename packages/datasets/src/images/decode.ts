/** @file Decodes a split in worker threads: into memory, or only to find images that cannot be decoded. */
import { availableParallelism } from "node:os";
import { listFirst, moduleBeside } from "@mvt/common";
import type { Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { inThreads } from "../in-threads.ts";
import { openCache } from "./cache.ts";
import decodeTask, { type DecodeFailure, type DecodeTask } from "./decode-worker.ts";
import { sendable } from "./decode-image.ts";
import {
  allRead,
  changedError,
  hashLength,
  type ImageHashes,
  hashOf,
  selectHashes,
} from "./hashes.ts";
import { hashImages } from "./hash-images.ts";
import { isOtherFormat } from "./formats.ts";
import { allocateImages, type DecodedImages, requireSize, type StreamedImages } from "./images.ts";
import type { Notice } from "./kept-file.ts";
import { openReadable } from "./readable.ts";

export interface DecodeOptions {
  /** S: images are resized to S x S pixels, whatever their shape was. */
  readonly size: number;
  /** Where decoded images are kept between runs. If absent, nothing is kept. */
  readonly cacheFolder?: string;
  /**
   * Worker threads; by default one per core of the machine, 0 for none. libvips decodes on Node's own pool of
   * UV_THREADPOOL_SIZE (4) threads, so more than that helps only with a larger pool.
   */
  readonly threads?: number;
  /** [N * 32] as `hashImages` returns them; made here if they are absent and needed. */
  readonly hashes?: ImageHashes;
  /** Called with a line about a cache that is damaged, or that cannot be read or written. */
  readonly onNotice?: Notice;
  /** Called after every few images: `done` of `total` are decoded. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Unreadable images that an error names besides the first. */
const namedFailures = 4;

/** Images per task: enough to hide the round trip, few enough for a smooth progress. */
const taskLength = 16;

/**
 * The images of `samples`, decoded and resized (see `decode-image.ts`), in their order.
 *
 * The pixels do not depend on the number of threads, nor on whether they came from the cache. They are those of the
 * content that was hashed, if hashes are given or a cache is used. If images cannot be read, or were replaced since, throws a DatasetError after all have been tried: it gives the reason for the first, says how many
 * failed and names five of them. Nothing is then cached.
 */
export async function decodeImages(
  samples: readonly Sample[],
  options: DecodeOptions,
): Promise<DecodedImages> {
  const { size, cacheFolder, onProgress, onNotice } = options;
  const images = allocateImages(
    samples.map(({ id }) => id),
    size,
  );
  const { pixels } = images;
  const hashes =
    options.hashes ?? (cacheFolder === undefined ? undefined : await hashImages(samples));
  const cache =
    cacheFolder === undefined || hashes === undefined || !allRead(hashes)
      ? undefined
      : await openCache(cacheFolder, hashes, size, onNotice);
  if (await cache?.read(pixels)) {
    onProgress?.(images.count, images.count);
    return images;
  }
  await decodeAll(samples, { size, pixels }, { ...options, hashes });
  await cache?.write(pixels);
  return images;
}

/**
 * The images of `samples`, left in their files and decoded batch by batch: for sets that do not fit in memory.
 * Batches are the same bytes as from `decodeImages`.
 *
 * Every image is decoded once here and discarded, so that an unreadable one throws the same DatasetError as in
 * `decodeImages`, and as early. With a `cacheFolder` this is skipped for content that could be decoded before.
 * The hash of every image is kept with it, and compared whenever a batch reads the file.
 */
export async function streamImages(
  samples: readonly Sample[],
  options: DecodeOptions,
): Promise<StreamedImages> {
  const { size } = options;
  requireSize(size);
  const ids = samples.map(({ id }) => id);
  const sources = samples.map(({ image }) => image);
  const { hashes = await hashImages(samples) } = options;
  const images = { size, count: samples.length, ids, sources, hashes };
  const failures = await tryEach(samples, { ...options, hashes });
  if (failures.length > 0) throw await unreadable(samples, failures, { size, hashes });
  return images;
}

/** Where images are decoded to. Without `pixels` they are only tried. */
type Target = Pick<DecodeTask, "size" | "pixels">;

/** Throws DatasetError if some cannot be read. */
async function decodeAll(
  samples: readonly Sample[],
  target: Target,
  options: DecodeOptions,
): Promise<void> {
  const failures = await decodeEach(samples, target, options);
  if (failures.length > 0)
    throw await unreadable(samples, failures, { ...target, hashes: options.hashes });
}

/** How images are tried. */
export type TryOptions = Omit<DecodeOptions, "size">;

/**
 * The images that cannot be decoded, in the order of their rows, each with its reason. With `hashes` and a `cacheFolder`,
 * content that could be decoded before is not decoded again. Throws DatasetError for one that is not what was hashed.
 */
export async function findUnreadable(
  samples: readonly Sample[],
  options: TryOptions = {},
): Promise<readonly DecodeFailure[]> {
  const failures = await tryEach(samples, options);
  const alone: DecodeFailure[] = [];
  for (const { row, changed } of failures) {
    if (changed) throw changedError(nameOf(samples[row]!));
    // libvips keeps one error text for all threads, so an image is tried again alone to get its own.
    alone.push(...(await decodeTask({ size: 1, sources: [samples[row]!.image], first: row })));
  }
  return alone;
}

/** Decodes what is not known to be readable, and remembers what is. Returns the failures, in the order of their rows. */
async function tryEach(
  samples: readonly Sample[],
  { hashes, cacheFolder, onNotice = () => {}, onProgress, threads }: TryOptions,
): Promise<readonly DecodeFailure[]> {
  const readable =
    hashes && cacheFolder !== undefined ? await openReadable(cacheFolder, onNotice) : undefined;
  const rows = [...samples.keys()].filter((row) => !(hashes && readable?.has(hashOf(hashes, row))));
  const known = samples.length - rows.length;
  if (known > 0) onProgress?.(known, samples.length);
  const failures = await decodeEach(
    rows.map((row) => samples[row]!),
    { size: 1 },
    {
      threads,
      hashes: hashes && selectHashes(hashes, rows),
      onProgress: (done) => onProgress?.(known + done, samples.length),
    },
  );
  const failed = new Set(failures.map(({ row }) => row));
  const found = rows.filter((_, i) => !failed.has(i));
  await readable?.keep(found.map((row) => hashOf(hashes!, row)));
  return failures.map((failure) => ({ ...failure, row: rows[failure.row]! }));
}

/** Decodes every image that can be decoded. Returns the failures, in the order of their rows. */
async function decodeEach(
  samples: readonly Sample[],
  target: Target,
  { threads = availableParallelism(), onProgress, hashes }: Omit<DecodeOptions, "size">,
): Promise<readonly DecodeFailure[]> {
  const { length: count } = samples;
  let done = 0;
  const failures = await inThreads(
    { module: moduleBeside(import.meta.url, "decode-worker"), run: decodeTask },
    {
      threads,
      count: Math.ceil(count / taskLength),
      make: (i) => {
        const [first, end] = [i * taskLength, (i + 1) * taskLength];
        const sources = samples.slice(first, end).map(({ image }) => sendable(image));
        const known = hashes?.slice(hashLength * first, hashLength * end);
        return { ...target, sources, first, hashes: known };
      },
      onDone: (i) => {
        done += Math.min(taskLength, count - i * taskLength);
        onProgress?.(done, count);
      },
    },
  );
  return failures.flat().toSorted((a, b) => a.row - b.row);
}

async function unreadable(
  samples: readonly Sample[],
  failures: readonly DecodeFailure[],
  { hashes, ...target }: Target & Pick<DecodeOptions, "hashes">,
): Promise<DatasetError> {
  const { row, changed } = failures[0]!;
  const { image } = samples[row]!;
  if (changed) return changedError(nameOf(samples[row]!));
  // libvips keeps one error text for all threads, so the image is tried again alone to get its own.
  const [again] = await decodeTask({
    ...target,
    sources: [image],
    first: row,
    hashes: hashes && hashOf(hashes, row),
  });
  const { reason } = again ?? failures[0]!;
  const others = failures.slice(1).map((failure) => nameOf(samples[failure.row]!));
  const also = others.length > 0 ? `, also ${listFirst(others, namedFailures)}` : "";
  return new DatasetError(
    `${nameOf(samples[row]!)}: expected a readable image, found none (${reason}); ` +
      `${failures.length} of ${samples.length} images cannot be read${also}. ` +
      `${adviceFor([reason, ...failures.slice(1).map((failure) => failure.reason)])}; nothing was cached.`,
  );
}

/** A sample for a message: the path of its file, or its id if there is no file. */
export const nameOf = ({ id, image }: Sample) =>
  image.kind === "file" ? image.path : `sample ${id}`;

/** An intact file in a format that is not decoded is to be converted; anything else is to be replaced. */
export function adviceFor(reasons: readonly string[]): string {
  const others = reasons.filter(isOtherFormat).length;
  const convert = "Convert pictures of other formats, and remove what is no picture";
  const replace = "put intact files in their place, for example by unpacking the data set again";
  if (others === 0) return `P${replace.slice(1)}`;
  return others === reasons.length ? convert : `${convert}; for the others, ${replace}`;
}
