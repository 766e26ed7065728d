/** @file A session in a thread of its own, so that several compute at once and the main thread stays free. */
import { Worker } from "node:worker_threads";
import { moduleBeside } from "@mvt/common";
import type { AdamWStep } from "./adamw-kernel.ts";
import type { HostSession, HostSessionPlan } from "./host-session.ts";

export type Call =
  | { readonly name: "run"; readonly first: boolean }
  | { readonly name: "addGradients" }
  | { readonly name: "update"; readonly step: AdamWStep }
  | { readonly name: "ascend"; readonly distance: number }
  | { readonly name: "close" };

export interface Request {
  readonly id: number;
  readonly call: Call;
}

/** To the request with the same id; 0 is the opening. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** Who waits for a reply. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A session that computes in a worker thread. */
export async function openHostSessionThread(plan: HostSessionPlan): Promise<HostSession> {
  const worker = new Worker(moduleBeside(import.meta.url, "host-session-worker"), {
    workerData: plan,
  });
  const waiting = new Map<number, Waiting>();
  const expect = (id: number) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.ref(); // a thread that nobody waits for does not keep the process alive
    });
  const failAll = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("message", ({ id, value, error }: Reply) => {
    const reply = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (error === undefined) reply?.resolve(value);
    else reply?.reject(error);
  });
  worker.on("error", failAll);
  worker.on("exit", (code) => {
    failAll(new Error(`a thread of the engine ended with exit code ${code}`));
  });

  let requests = 0;
  const request = (call: Call) => {
    requests += 1;
    const reply = expect(requests);
    worker.postMessage({ id: requests, call } satisfies Request);
    return reply;
  };
  await expect(0);
  return {
    run: async ({ first }) => void (await request({ name: "run", first })),
    addGradients: async () => (await request({ name: "addGradients" })) as number,
    update: async (step) => void (await request({ name: "update", step })),
    ascend: async (distance) => void (await request({ name: "ascend", distance })),
    async close() {
      await request({ name: "close" });
      await worker.terminate();
    },
  };
}
