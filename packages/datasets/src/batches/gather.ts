/** @file Copies or decodes the images of one batch, and augments them. One task of a worker thread. */
import type { move } from "piscina";
import { augment, augmentationStream } from "../augment/augment.ts";
import type { Augmentation } from "../augment/augmentation.ts";
import { mapConcurrently } from "../concurrently.ts";
import type { ImageSource } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { decodeImage, sendable } from "../images/decode-image.ts";
import { ChangedImageError, changedError, hashLength, hashOf } from "../images/hashes.ts";
import type { Images } from "../images/images.ts";
import { firstLine } from "../images/read-image.ts";

/** Shapes: N images of the split, B of the batch, S x S pixels. */
export interface GatherTask {
  readonly source: BatchSource;
  readonly size: number;
  /** [B] the ids of the samples, numbered if a sample is repeated. They name random streams. */
  readonly ids: readonly string[];
  readonly seed: number;
  readonly epoch: number;
  /** None if undefined. */
  readonly augmentation: Augmentation | undefined;
}

/** Where the images of a batch are: rows of shared memory, which is not copied, or files to decode. */
export type BatchSource =
  | {
      /** [N, S, S, 3] */
      readonly pixels: Uint8Array<SharedArrayBuffer>;
      /** [B] */
      readonly rows: Int32Array;
    }
  | {
      /** [B] */
      readonly sources: readonly ImageSource[];
      /** [B * 32] */
      readonly hashes: Uint8Array;
    };

/** Why an image could not be used: it cannot be read, or is another one than before training. An error would lose its class on the way from a thread. */
export interface Unreadable {
  readonly unreadable: string;
}

/** How many images of a batch are processed at once: one is augmented here while libvips decodes others. */
const atOnce = 4;

export function sourceOf(images: Images, rows: Int32Array): BatchSource {
  if ("pixels" in images) return { pixels: images.pixels, rows };
  const hashes = new Uint8Array(hashLength * rows.length);
  for (const [i, row] of rows.entries()) hashes.set(hashOf(images.hashes, row), i * hashLength);
  return { sources: Array.from(rows, (row) => sendable(images.sources[row]!)), hashes };
}

/** [B, S, S, 3] over memory of its own. Depends on the task alone, so it is the same on every thread. */
export async function gather(task: GatherTask): Promise<Uint8Array<ArrayBuffer> | Unreadable> {
  const { source, size, ids, seed, epoch, augmentation } = task;
  const length = size * size * 3;
  const images = new Uint8Array(ids.length * length);
  const target = (i: number) => images.subarray(i * length, (i + 1) * length);
  const place = (i: number, decoded: Uint8Array) => {
    if (augmentation) {
      augment(decoded, target(i), size, augmentation, augmentationStream(seed, epoch, ids[i]!));
    } else {
      target(i).set(decoded);
    }
  };
  if ("pixels" in source) {
    const { pixels, rows } = source;
    for (const [i, row] of rows.entries()) {
      place(i, pixels.subarray(row * length, (row + 1) * length));
    }
    return images;
  }
  try {
    await mapConcurrently([...source.sources.entries()], atOnce, async ([i, image]) => {
      const decoded = augmentation ? new Uint8Array(length) : target(i);
      await decode(image, { size, id: ids[i]!, hash: hashOf(source.hashes, i) }, decoded);
      if (augmentation) place(i, decoded);
    });
  } catch (error) {
    if (error instanceof UnreadableError) return { unreadable: error.message };
    throw error;
  }
  return images;
}

class UnreadableError extends Error {}

async function decode(
  source: ImageSource,
  { size, id, hash }: { readonly size: number; readonly id: string; readonly hash: Uint8Array },
  target: Uint8Array,
) {
  try {
    await decodeImage(source, size, target, hash);
  } catch (error) {
    const name = source.kind === "file" ? source.path : `sample ${id}`;
    if (error instanceof ChangedImageError) throw new UnreadableError(changedError(name).message);
    throw new UnreadableError(
      `${name}: expected a readable image, as before training, found none (${firstLine(error)}). ` +
        "Leave the data set alone while it is in use; put the file back and repeat the command.",
      { cause: error },
    );
  }
}

/** The task of a worker thread. The batch's memory is handed over, not copied. */
export default async function gatherAndMove(
  task: GatherTask,
): Promise<ReturnType<typeof move> | Unreadable> {
  const gathered = await gather(task);
  if (!(gathered instanceof Uint8Array)) return gathered;
  const piscina = await import("piscina");
  return piscina.move(gathered);
}

/** The images in these rows as they are decoded, each [S, S, 3]. Throws DatasetError for an unreadable one. */
export async function readRows(images: Images, rows: Int32Array): Promise<readonly Uint8Array[]> {
  const { size, ids } = images;
  const gathered = await gather({
    source: sourceOf(images, rows),
    size,
    ids: Array.from(rows, (row) => ids[row]!),
    seed: 0,
    epoch: 0,
    augmentation: undefined,
  });
  if ("unreadable" in gathered) throw new DatasetError(gathered.unreadable);
  const length = size * size * 3;
  return Array.from(rows, (_, i) => gathered.subarray(i * length, (i + 1) * length));
}
