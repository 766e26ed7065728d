/** @file The page's side of the worker. */
import type { Answer, Backend, Opened, Reply, Request } from "./messages.ts";
import { UserError } from "./user-error.ts";
// oxlint-disable-next-line import/default -- Vite makes the address.
import workerUrl from "./worker.ts?worker&url";

export interface Engine {
  /** Opens a model in place of the one before. Throws UserError for a file that is none. */
  open(model: File, backend: Backend): Promise<Opened>;
  /** Throws UserError for a file that is no picture. */
  ask(picture: File): Promise<Answer>;
}

export function startEngine(): Engine {
  // A worker out of a blob takes over the page's Content-Security-Policy; one out of a file would take
  // that of its own response, and a server of static files gives none.
  const source = new Blob([`import ${JSON.stringify(workerUrl)};`], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(source), { type: "module", name: "mvt" });

  /** The questions that wait, first asked first. */
  const waiting: PromiseWithResolvers<Reply>[] = [];
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) =>
    waiting.shift()?.resolve(data),
  );
  worker.addEventListener("error", ({ message }) => {
    const broken = new UserError(
      `Expected the engine to start, but it broke down (${message || "its program did not load"}). Load the page again.`,
    );
    for (const { reject } of waiting.splice(0)) reject(broken);
  });

  const request = async (question: Request) => {
    const answer = Promise.withResolvers<Reply>();
    waiting.push(answer);
    worker.postMessage(question);
    const reply = await answer.promise;
    if ("error" in reply) throw new UserError(reply.error);
    return reply.value;
  };
  return {
    open: async (model, backend) => (await request({ kind: "open", model, backend })) as Opened,
    ask: async (picture) => (await request({ kind: "ask", picture })) as Answer,
  };
}
