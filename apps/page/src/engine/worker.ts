/** @file The worker: it holds one model and predicts images, so that the page itself never waits. */
import { reasonOf, UserError } from "@mvt/common";
import { maskPixels, openMvt, resizeImage } from "@mvt/core/portable";
import type { Mvt } from "@mvt/core/portable";
import { decodeImage } from "./decode.ts";
import type { WebBackend, ImagePrediction, OpenedModel, Reply, Request } from "./messages.ts";

let mvt: Mvt | undefined;

/** The runtimes are downloads of their own; only the chosen one is loaded. */
async function runtimeOf(backend: WebBackend) {
  if (backend === "wasm") return import("onnxruntime-web/wasm");
  if (await navigator.gpu?.requestAdapter()) return import("onnxruntime-web/webgpu");
  throw new UserError("Expected a graphics processor that WebGPU can use, found none", {
    advice: "Compute with WebAssembly.",
  });
}

/** If this model cannot be opened, the previous one stays open. */
async function open(model: File, backend: WebBackend): Promise<OpenedModel> {
  const start = performance.now();
  const bytes = new Uint8Array(await model.arrayBuffer());
  const ort = await runtimeOf(backend);
  ort.env.logLevel = "error";
  const opened = await openMvt(bytes, ort, {
    source: model.name,
    session: { executionProviders: [backend] },
  });
  await mvt?.dispose();
  mvt = opened;
  return {
    name: model.name,
    bytes: bytes.length,
    description: mvt.description,
    backend,
    threads: ort.env.wasm.numThreads ?? 1,
    seconds: secondsSince(start),
  };
}

async function predict(image: File): Promise<ImagePrediction> {
  if (mvt === undefined) {
    throw new UserError("Expected a model first, got none", { advice: "Choose one." });
  }
  const start = performance.now();
  const decoded = await decodeImage(image);
  const decodeSeconds = secondsSince(start);
  const decodedAt = performance.now();
  const prediction = await mvt.predict(decoded);
  const predictSeconds = secondsSince(decodedAt);
  const pixels = resizeImage(decoded, mvt.description.preprocessing.imageSize);
  const { mask } = prediction;
  return {
    name: image.name,
    prediction,
    width: decoded.width,
    height: decoded.height,
    pixels,
    masked: mask && maskPixels(pixels, mask, mvt.description),
    seconds: { decode: decodeSeconds, predict: predictSeconds },
  };
}

const secondsSince = (start: number) => (performance.now() - start) / 1000;

async function reply(request: Request): Promise<Reply> {
  try {
    return request.kind === "open"
      ? { value: await open(request.model, request.backend) }
      : { value: await predict(request.image) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return `This is a defect of the page, not of the file you chose: ${reasonOf(error)}`;
}

/** One request at a time: the runtime runs one thing, and replies come in the order of the requests. */
let last: Promise<unknown> = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<Request>) => {
  last = last.then(async () => postMessage(await reply(data)));
});
