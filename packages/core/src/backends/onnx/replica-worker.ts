/** @file A worker thread with a replica in it: answers `replica-thread.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import { openReplica } from "./replica.ts";
import type { ReplicaPlan } from "./replica.ts";
import type { Answer, Request } from "./replica-thread.ts";

const port = parentPort!;
const answer = async (id: number, work: () => Promise<unknown>) => {
  try {
    port.postMessage({ id, value: await work() } satisfies Answer);
  } catch (error) {
    port.postMessage({ id, error } satisfies Answer);
  }
};

const opening = openReplica(workerData as ReplicaPlan);
await answer(0, async () => void (await opening));
port.on("message", ({ id, call }: Request) => {
  void answer(id, async () => {
    const replica = await opening;
    switch (call.name) {
      case "run":
        return replica.run(call);
      case "gatherSquares":
        return replica.gatherSquares();
      case "step":
        return replica.step(call.feeds, call);
      case "close":
        await replica.close();
        return port.unref();
    }
  });
});
