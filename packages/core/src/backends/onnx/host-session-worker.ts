/** @file The worker thread of `host-session-thread.ts`: opens a session and serves its requests. */
import { parentPort, workerData } from "node:worker_threads";
import { openHostSession } from "./host-session.ts";
import type { HostSessionPlan } from "./host-session.ts";
import type { Reply, Request } from "./host-session-thread.ts";

const port = parentPort!;
const reply = async (id: number, work: () => Promise<unknown>) => {
  try {
    port.postMessage({ id, value: await work() } satisfies Reply);
  } catch (error) {
    port.postMessage({ id, error } satisfies Reply);
  }
};

const opening = openHostSession(workerData as HostSessionPlan);
await reply(0, async () => void (await opening));
port.on("message", ({ id, call }: Request) => {
  void reply(id, async () => {
    const session = await opening;
    switch (call.name) {
      case "run":
        return session.run(call);
      case "addGradients":
        return session.addGradients();
      case "update":
        return session.update(call.step);
      case "ascend":
        return session.ascend(call.distance);
      case "close":
        await session.close();
        return port.unref();
    }
  });
});
