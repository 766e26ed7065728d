/**
 * @file The pictures of one batch, copied or decoded, and augmented: the unit of work that is given to a
 * worker thread.
 */
import { augment, augmentationStream } from "../augment/augment.ts";
import type { Augmentation } from "../augment/augmentation.ts";
import { mapConcurrently } from "../concurrently.ts";
import type { ImageSource } from "../dataset.ts";
import { decodeImage } from "../images/decode-image.ts";
import { ownPixels } from "../images/own-pixels.ts";
import type { Images } from "../images/streamed-images.ts";

/** Shapes: N pictures of the split, B of the batch, S x S pixels. */
export interface GatherTask {
  readonly pictures: Pictures;
  readonly size: number;
  /** [B] the ids of the samples in these rows, numbered where one comes again: they name random streams. */
  readonly ids: readonly string[];
  readonly seed: number;
  readonly epoch: number;
  /** Without it the pictures come as they were decoded. */
  readonly augmentation: Augmentation | undefined;
}

/** The pictures of a batch: rows of pixels that are shared, so that nothing is copied; or what to decode. */
export type Pictures =
  | {
      /** [N, S, S, 3] */
      readonly pixels: Uint8Array<SharedArrayBuffer>;
      /** [B] */
      readonly rows: Int32Array;
    }
  | {
      /** [B] */
      readonly sources: readonly ImageSource[];
    };

/** A picture that could not be read; an error would lose its class on the way from a thread. */
export interface Unreadable {
  readonly unreadable: string;
}

/** How many pictures of a batch are in work at once: one is augmented here while libvips decodes others. */
const atOnce = 4;

export function picturesOf(images: Images, rows: Int32Array): Pictures {
  if ("pixels" in images) return { pixels: images.pixels, rows };
  return { sources: Array.from(rows, (row) => ownPixels(images.sources[row]!)) };
}

/** [B, S, S, 3] over memory of its own. Depends on the task alone, so it is the same on every thread. */
export async function gather(task: GatherTask): Promise<Uint8Array<ArrayBuffer> | Unreadable> {
  const { pictures, size, ids, seed, epoch, augmentation } = task;
  const length = size * size * 3;
  const images = new Uint8Array(ids.length * length);
  const target = (i: number) => images.subarray(i * length, (i + 1) * length);
  const place = (i: number, source: Uint8Array) => {
    if (augmentation) {
      augment(source, target(i), size, augmentation, augmentationStream(seed, epoch, ids[i]!));
    } else {
      target(i).set(source);
    }
  };
  if ("pixels" in pictures) {
    const { pixels, rows } = pictures;
    for (const [i, row] of rows.entries()) {
      place(i, pixels.subarray(row * length, (row + 1) * length));
    }
    return images;
  }
  try {
    await mapConcurrently([...pictures.sources.entries()], atOnce, async ([i, source]) => {
      const decoded = augmentation ? new Uint8Array(length) : target(i);
      await decode(source, size, decoded, ids[i]!);
      if (augmentation) place(i, decoded);
    });
  } catch (error) {
    if (error instanceof UnreadableError) return { unreadable: error.message };
    throw error;
  }
  return images;
}

class UnreadableError extends Error {}

async function decode(source: ImageSource, size: number, target: Uint8Array, id: string) {
  try {
    await decodeImage(source, size, target);
  } catch (error) {
    const name = source.kind === "file" ? source.path : `sample ${id}`;
    const reason = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
    throw new UnreadableError(
      `${name}: expected a picture that can be read as before training, found none (${reason}). ` +
        "Leave the data set alone while it is in use; put the file back and repeat the command.",
      { cause: error },
    );
  }
}
