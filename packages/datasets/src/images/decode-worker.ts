/** @file Decodes a few images into shared memory, or only tries to decode them. One task of a worker thread. */
import { mapConcurrently } from "../concurrently.ts";
import type { ImageSource } from "../dataset.ts";
import { decodeImage, tryImage } from "./decode-image.ts";
import { firstLine } from "./read-image.ts";

/** Shapes: N images of the split, M of this task, S x S pixels. */
export interface DecodeTask {
  /** [M] */
  readonly sources: readonly ImageSource[];
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
}

/** How many images of a task are decoded at once: one is resized here while libvips decodes another. */
const atOnce = 2;

/** Decodes every image that can be decoded. Returns the failures. */
export default async function decodeTask(task: DecodeTask): Promise<DecodeFailure[]> {
  const { sources, first, size, pixels } = task;
  const length = size * size * 3;
  const failures: DecodeFailure[] = [];
  await mapConcurrently([...sources.entries()], atOnce, async ([i, source]) => {
    const row = first + i;
    try {
      if (pixels) {
        await decodeImage(source, size, pixels.subarray(row * length, (row + 1) * length));
      } else await tryImage(source);
    } catch (error) {
      failures.push({ row, reason: firstLine(error) });
    }
  });
  return failures;
}
