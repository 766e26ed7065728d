/** @file Runs tasks in worker threads, or in this one. */
import type { Piscina } from "piscina";

/** What worker threads run: the default export of a module. */
export interface Work<Task, Result> {
  /** As `moduleBeside` gives it. */
  readonly module: URL;
  readonly run: (task: Task) => Result | Promise<Result>;
}

export interface Tasks<Task> {
  readonly count: number;
  /** Called when a thread is about to need the task, so that not all tasks are in memory at once. */
  readonly make: (i: number) => Task;
  /** Worker threads; for 0 the tasks run here, one after another. */
  readonly threads: number;
  readonly onDone?: (i: number) => void;
}

/** The results of all tasks in their order. Rejects with the first failure. */
export async function inThreads<Task, Result>(
  { module, run }: Work<Task, Result>,
  { count, make, threads, onDone }: Tasks<Task>,
): Promise<Result[]> {
  const workers = Math.min(threads, count);
  const pool = workers > 0 ? await startPool<Task, Result>(module, workers) : undefined;
  const results: Result[] = [];
  let next = 0;
  const runNext = async () => {
    while (next < count) {
      const i = next;
      next += 1;
      results[i] = await (pool ? pool.run(make(i)) : run(make(i)));
      onDone?.(i);
    }
  };
  try {
    // Two tasks per worker, so that one is always queued when a worker becomes free.
    await Promise.all(Array.from({ length: Math.max(1, 2 * workers) }, runNext));
  } finally {
    await pool?.destroy();
  }
  return results;
}

/** Piscina is loaded where threads are needed: a command that trains nothing needs none. */
async function startPool<Task, Result>(
  module: URL,
  threads: number,
): Promise<Piscina<Task, Result>> {
  const { Piscina } = await import("piscina");
  return new Piscina({ filename: module.href, minThreads: threads, maxThreads: threads });
}
