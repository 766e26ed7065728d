/** @file Finds faces in worker threads, each image within a time limit. */
import { availableParallelism } from "node:os";
import { moduleBeside } from "@mvt/common";
import type { DecodedImage } from "@mvt/core";
import { Piscina } from "piscina";
import { defaultMinScore } from "./find.ts";
import type { CropOptions, FoundFaces, Task } from "./thread.ts";

/** Seconds that one image may take, decoding included. An ordinary one takes less than a second. */
export const mostSeconds = 60;

export interface FaceFinder {
  /** How many images are handled at the same time. */
  readonly threads: number;
  /**
   * The faces in an image, or in the file at a path. Rejects with a reason, without the file's name, for a file that cannot be
   * decoded and for one that takes too long.
   */
  find(image: DecodedImage | string, options?: FindOptions): Promise<FoundFaces>;
  /** The probabilities of `peerExpressions` for a face, by the package's own network. */
  expressions(face: DecodedImage): Promise<readonly number[]>;
  close(): Promise<void>;
}

export interface FindOptions {
  readonly minScore?: number;
  /** Also cut the faces out. */
  readonly crop?: CropOptions;
}

/** Starts no thread before the first image. Close it at the end. */
export function openFaceFinder({
  threads = availableParallelism(),
  seconds = mostSeconds,
}: { readonly threads?: number; readonly seconds?: number } = {}): FaceFinder {
  const pool = new Piscina<Task, unknown>({
    filename: moduleBeside(import.meta.url, "thread").href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 10_000,
  });
  let running = 0;
  const waiting: (() => void)[] = [];

  /** Times a task from when a thread takes it, not while it waits for one. */
  async function run(task: Task): Promise<unknown> {
    if (running === threads) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), seconds * 1000);
    try {
      return await pool.run(task, { signal: limit.signal }); // which ends the thread
    } catch (error) {
      if (!limit.signal.aborted) throw error;
      throw new Error(`took longer than ${seconds} seconds`, { cause: error });
    } finally {
      clearTimeout(timer);
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }
  return {
    threads,
    find: async (image, { minScore = defaultMinScore, crop } = {}) =>
      (await run({ kind: "find", image, minScore, ...(crop && { crop }) })) as FoundFaces,
    expressions: async (image) => (await run({ kind: "expressions", image })) as readonly number[],
    close: async () => pool.destroy(),
  };
}
