/**
 * @file Draws pictures on several threads and hands their pixels back in order.
 */
import { Piscina } from "piscina";
import { type Batch, type Picture, drawPictures } from "./pictures.ts";

type Shared = Omit<Batch, "pictures">;

const batchSize = 16; // about a tenth of a second of work

function toBatches(pictures: readonly Picture[], shared: Shared): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at < pictures.length; at += batchSize) {
    batches.push({ ...shared, pictures: pictures.slice(at, at + batchSize) });
  }
  return batches;
}

/**
 * Draws all pictures; yields the pixels of those that have no path, in the order of `pictures`.
 * What comes out does not depend on `threads`; one thread is this one.
 */
export async function* draw(
  pictures: readonly Picture[],
  shared: Shared,
  threads: number,
): AsyncGenerator<Uint8Array> {
  const batches = toBatches(pictures, shared);
  const count = Math.min(threads, batches.length);
  if (count <= 1) {
    for (const batch of batches) yield* await drawPictures(batch);
    return;
  }
  const pool = new Piscina<Batch, Uint8Array[]>({
    filename: new URL("./worker.ts", import.meta.url).href,
    minThreads: count,
    maxThreads: count,
  });
  try {
    const ahead = 4 * count; // bounds the memory that finished batches take
    const queue: Promise<Uint8Array[]>[] = [];
    for (const batch of batches) {
      const drawn = pool.run(batch);
      drawn.catch(() => {}); // a failure is thrown when its turn comes, below
      queue.push(drawn);
      if (queue.length > ahead) yield* await queue.shift()!;
    }
    for (const drawn of queue) yield* await drawn;
  } finally {
    await pool.destroy();
  }
}

/** Draws pictures that all have a path. */
export async function drawFiles(
  pictures: readonly Picture[],
  shared: Shared,
  threads: number,
): Promise<void> {
  await Array.fromAsync(draw(pictures, shared, threads));
}
