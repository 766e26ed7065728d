/** @file Draws images on several threads and returns their pixels in order. */
import { moduleBeside } from "@mvt/common";
import type { DrawBatch, DrawRequest } from "./draw-batch.ts";

type DrawOptions = Omit<DrawBatch, "requests">;

const batchSize = 16; // about a tenth of a second of work

function toBatches(requests: readonly DrawRequest[], options: DrawOptions): DrawBatch[] {
  const batches: DrawBatch[] = [];
  for (let at = 0; at < requests.length; at += batchSize) {
    batches.push({ ...options, requests: requests.slice(at, at + batchSize) });
  }
  return batches;
}

/**
 * Draws all images. Yields the pixels of those without a path, in the order of `requests`. The result does not
 * depend on `threads`; with one thread, no worker is started.
 */
export async function* drawImages(
  requests: readonly DrawRequest[],
  options: DrawOptions,
  threads: number,
): AsyncGenerator<Uint8Array> {
  const batches = toBatches(requests, options);
  const count = Math.min(threads, batches.length);
  if (count <= 1) {
    const { default: drawBatch } = await import("./draw-batch.ts");
    for (const batch of batches) yield* await drawBatch(batch);
    return;
  }
  const { Piscina } = await import("piscina");
  const pool = new Piscina<DrawBatch, Uint8Array[]>({
    filename: moduleBeside(import.meta.url, "draw-batch").href,
    minThreads: count,
    maxThreads: count,
  });
  try {
    const ahead = 4 * count; // bounds the memory that finished batches take
    const queue: Promise<Uint8Array[]>[] = [];
    for (const batch of batches) {
      const drawn = pool.run(batch);
      drawn.catch(() => {}); // thrown where it is awaited, below
      queue.push(drawn);
      if (queue.length > ahead) yield* await queue.shift()!;
    }
    for (const drawn of queue) yield* await drawn;
  } finally {
    await pool.destroy();
  }
}

/** Draws images that all have a path. */
export async function drawFiles(
  requests: readonly DrawRequest[],
  options: DrawOptions,
  threads: number,
): Promise<void> {
  const drawn = drawImages(requests, options, threads);
  while (!(await drawn.next()).done);
}
