/**
 * @file A few pictures, decoded into shared memory or only tried: the unit of work that is given to a worker thread.
 */
import { mapConcurrently } from "../concurrently.ts";
import type { ImageSource } from "../dataset.ts";
import { decodeImage, tryImage } from "./decode-image.ts";

/** Shapes: N pictures of the split, M of this task, S x S pixels. */
export interface DecodeTask {
  /** [M] */
  readonly sources: readonly ImageSource[];
  /** The row of the first of them. */
  readonly first: number;
  readonly size: number;
  /** [N, S, S, 3]; without it the pictures are only tried. */
  readonly pixels?: Uint8Array<SharedArrayBuffer>;
}

export interface DecodeFailure {
  readonly row: number;
  /** The first line of what Node or libvips says; libvips may say what it thinks of another picture. */
  readonly reason: string;
}

/** How many pictures of a task are in work at once: one is resized here while libvips decodes another. */
const atOnce = 2;

/** Decodes what can be decoded and returns what failed. */
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
      const reason = error instanceof Error ? error.message : String(error);
      failures.push({ row, reason: reason.split("\n", 1)[0]! });
    }
  });
  return failures;
}
