/**
 * @file The pictures of a split, decoded and of one size, in memory that threads share.
 */
import { totalmem } from "node:os";
import { DatasetError } from "../error.ts";

/** Shapes: N pictures of S x S pixels in red, green, blue. */
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

/** Room for `ids.length` pictures, all black. DatasetError where this machine cannot hold them. */
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
      `decodeImages: ${ids.length} pictures of ${size}x${size} need ${gibibytes} GiB of memory, which ` +
        "this machine cannot give; stream them, or use fewer samples, smaller pictures or a machine with more memory.",
      { cause },
    );
  }
}

export function requireSize(size: number): void {
  if (Number.isInteger(size) && size >= 1) return;
  throw new DatasetError(
    `decodeImages: expected a size of 1 pixel or more, got ${size}; give the model's image size.`,
  );
}
