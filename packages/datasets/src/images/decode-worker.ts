/** @file Decodes a few images into shared memory, or only tries to decode them. One task of a worker thread. */
import { mapConcurrently } from "../concurrently.ts";
import type { ImageSource } from "../dataset.ts";
import { decodeImage, tryImage } from "./decode-image.ts";
import { ChangedImageError, hashOf } from "./hashes.ts";
import { firstLine } from "./read-image.ts";

/** Shapes: N images of the split, M of this task, S x S pixels. */
export interface DecodeTask {
  /** [M] */
  readonly sources: readonly ImageSource[];
  /** [M * 32] their hashes. If absent, their content is not compared. */
  readonly hashes?: Uint8Array;
  /** The row of the first of them. */
  readonly first: number;
  readonly size: number;
  /** [N, S, S, 3]. If absent, images are only tried. */
  readonly pixels?: Uint8Array<SharedArrayBuffer>;
}

export interface DecodeFailure {
  readonly row: number;
  /** The first line of the error of Node or libvips. libvips may report the error of another image. */
  readonly reason: string;
  /** Whether it could be read, but is another image than when it was hashed. */
  readonly changed: boolean;
}

/** How many images of a task are decoded at once: one is resized here while libvips decodes another. */
const atOnce = 2;

/** Decodes every image that can be decoded. Returns the failures. */
export default async function decodeTask(task: DecodeTask): Promise<DecodeFailure[]> {
  const { sources, first, size, pixels, hashes } = task;
  const length = size * size * 3;
  const failures: DecodeFailure[] = [];
  await mapConcurrently([...sources.entries()], atOnce, async ([i, source]) => {
    const row = first + i;
    const hash = hashes && hashOf(hashes, i);
    try {
      if (pixels) {
        await decodeImage(source, size, pixels.subarray(row * length, (row + 1) * length), hash);
      } else await tryImage(source, hash);
    } catch (error) {
      const changed = error instanceof ChangedImageError;
      failures.push({ row, reason: firstLine(error), changed });
    }
  });
  return failures;
}
