/** @file A few pictures by row, wherever they are. */
import { DatasetError } from "../error.ts";
import type { Images } from "../images/streamed-images.ts";
import { gather, picturesOf } from "./gather.ts";

/** The pictures in these rows as they are decoded, each [S, S, 3]. */
export async function readRows(images: Images, rows: Int32Array): Promise<readonly Uint8Array[]> {
  const { size, ids } = images;
  const gathered = await gather({
    pictures: picturesOf(images, rows),
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
