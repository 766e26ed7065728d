/** @file The page's side of the worker. */
import { UserError } from "@mvt/common";
import type {
  WebBackend,
  ImagePrediction,
  OpenedModel,
  PhotographPrediction,
  Reply,
  Request,
} from "./messages.ts";
// oxlint-disable-next-line import/default -- Vite makes the address.
import workerUrl from "./worker.ts?worker&url";

export interface ModelWorker {
  /** Opens a model and closes the previous one. Throws a UserError if the file is not a model. */
  open(model: File, backend: WebBackend): Promise<OpenedModel>;
  /** Throws a UserError if the file is not an image. */
  predict(image: File): Promise<ImagePrediction>;
  /** Loads the detector of faces. */
  prepareFaces(): Promise<void>;
  /** Finds the faces of a photograph and predicts each. Throws a UserError if the file is not an image. */
  predictFaces(image: File): Promise<PhotographPrediction>;
}

export function startModelWorker(): ModelWorker {
  // A worker from a blob inherits the page's Content-Security-Policy. A worker from a file would take the policy
  // of its own response, and a server of static files sends none.
  const source = new Blob([`import ${JSON.stringify(workerUrl)};`], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(source), { type: "module", name: "mvt" });

  /** The requests without a reply, oldest first. */
  const waiting: PromiseWithResolvers<Reply>[] = [];
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) =>
    waiting.shift()?.resolve(data),
  );
  worker.addEventListener("error", ({ message }) => {
    const failure = new UserError(
      `Expected the engine to start, but it failed (${message || "its program did not load"})`,
      { advice: "Load the page again." },
    );
    for (const { reject } of waiting.splice(0)) reject(failure);
  });

  const send = async (request: Request) => {
    const received = Promise.withResolvers<Reply>();
    waiting.push(received);
    worker.postMessage(request);
    const reply = await received.promise;
    // A message cannot carry an error's class: the worker sends the text alone.
    if ("error" in reply) throw new UserError(reply.error);
    return reply.value;
  };
  return {
    open: async (model, backend) => (await send({ kind: "open", model, backend })) as OpenedModel,
    predict: async (image) => (await send({ kind: "predict", image })) as ImagePrediction,
    prepareFaces: async () => void (await send({ kind: "prepare" })),
    predictFaces: async (image) => (await send({ kind: "faces", image })) as PhotographPrediction,
  };
}
