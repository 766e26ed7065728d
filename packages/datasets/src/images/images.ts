/** @file The images of a split, either decoded into memory that threads share or left in their files. */
import { totalmem } from "node:os";
import type { ImageSource } from "../dataset.ts";
import type { ImageHashes } from "./hashes.ts";
import { DatasetError, requireThat } from "../error.ts";

/** The images of a split. Batches are the same bytes from either kind. */
export type Images = DecodedImages | StreamedImages;

/** Shapes: N images of S x S pixels in red, green, blue. */
export interface DecodedImages {
  /** S, in pixels. */
  readonly size: number;
  /** N. */
  readonly count: number;
  /** [N, S, S, 3] over shared memory, so that worker threads read it without a copy. */
  readonly pixels: Uint8Array<SharedArrayBuffer>;
  /** [N] the samples' ids, in the order of the rows. */
  readonly ids: readonly string[];
}

/**
 * Images that stay in their files and are decoded when a batch needs them. Shapes: N images, to be made S x S
 * pixels. Plain data, so that worker threads can have it.
 *
 * AffectNet's 287,651 faces are 43 GB at 224 x 224, ten times their files. They are not unpacked to disk either,
 * for three reasons. Decoding a 224 x 224 JPEG takes one or two milliseconds of a core, little more than
 * augmenting it. A full disk would end a training. And on a slow disk, reading 150 kB from a random place is no
 * faster than reading and decoding 15 kB. Memory holds a path and a hash per image, and the batches prepared ahead.
 */
export interface StreamedImages {
  /** S, in pixels. */
  readonly size: number;
  /** N. */
  readonly count: number;
  /** [N] the samples' ids, in the order of the rows. */
  readonly ids: readonly string[];
  /** [N] */
  readonly sources: readonly ImageSource[];
  /** [N * 32] SHA-256 of what the images were when the command began. Every later read is compared with it. */
  readonly hashes: ImageHashes;
}

/** Memory for `ids.length` images, all black. Throws DatasetError if this machine has not enough. */
export function allocateImages(ids: readonly string[], size: number): DecodedImages {
  requireSize(size);
  const bytes = ids.length * size * size * 3;
  try {
    if (bytes > totalmem()) throw new RangeError("more than the machine's memory");
    const pixels = new Uint8Array(new SharedArrayBuffer(bytes));
    return { size, count: ids.length, pixels, ids };
  } catch (cause) {
    const gibibytes = (bytes / 2 ** 30).toFixed(1);
    throw new DatasetError(
      `decodeImages: ${ids.length} images of ${size}x${size} need ${gibibytes} GiB of memory, which ` +
        "this machine does not have; stream them, or use fewer samples, smaller images or a machine with more memory.",
      { cause },
    );
  }
}

/** Throws DatasetError unless S is a whole number of pixels. */
export function requireSize(size: number): void {
  const holds = Number.isInteger(size) && size >= 1;
  const advice = "Give the model's image size.";
  requireThat(holds, "decodeImages: expected a size of 1 pixel or more", size, advice);
}
