/** @file A replica in a thread of its own, so that several compute at once and this one stays free. */
import { Worker } from "node:worker_threads";
import type { StepFeeds } from "./adamw-kernel.ts";
import type { Replica, ReplicaPlan } from "./replica.ts";

export type Call =
  | { readonly name: "run"; readonly afresh: boolean }
  | { readonly name: "gatherSquares" }
  | { readonly name: "step"; readonly feeds: StepFeeds; readonly gathered: boolean }
  | { readonly name: "close" };

export interface Request {
  readonly id: number;
  readonly call: Call;
}

/** To the request with the same id; 0 is the opening. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: unknown;
}

export async function openReplicaThread(plan: ReplicaPlan): Promise<Replica> {
  const worker = new Worker(new URL(workerFile, import.meta.url), { workerData: plan });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const expect = (id: number) => {
    const answered = Promise.withResolvers<unknown>();
    waiting.set(id, answered);
    worker.ref(); // a thread that nobody waits for does not keep the process
    return answered.promise;
  };
  const failAll = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("message", ({ id, value, error }: Answer) => {
    const answered = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (error === undefined) answered?.resolve(value);
    else answered?.reject(error);
  });
  worker.on("error", failAll);
  worker.on("exit", (code) => {
    failAll(new Error(`a thread of the engine ended with exit code ${code}`));
  });

  let requests = 0;
  const request = (call: Call) => {
    requests += 1;
    const answered = expect(requests);
    worker.postMessage({ id: requests, call } satisfies Request);
    return answered;
  };
  await expect(0);
  return {
    run: async ({ afresh }) => void (await request({ name: "run", afresh })),
    gatherSquares: async () => (await request({ name: "gatherSquares" })) as number,
    step: async (feeds, { gathered }) => void (await request({ name: "step", feeds, gathered })),
    async close() {
      await request({ name: "close" });
      await worker.terminate();
    },
  };
}

/** Beside this file, and of its kind: TypeScript in the repository, JavaScript in the package. */
const workerFile = import.meta.url.replace(/^.*replica-thread/, "./replica-worker");
