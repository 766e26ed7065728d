/** @file The worker: holds one model and answers pictures, so that the page itself never waits. */
import { maskPixels, openMvt, resizeImage, WeightsError } from "@mvt/core/portable";
import type { Mvt } from "@mvt/core/portable";
import { decodePicture } from "./decode.ts";
import type { Answer, Backend, Opened, Reply, Request } from "./messages.ts";
import { UserError } from "./user-error.ts";

let mvt: Mvt | undefined;

/** Each engine is a download of its own, and only the chosen one is made. */
async function runtimeOf(backend: Backend) {
  if (backend === "wasm") return import("onnxruntime-web/wasm");
  if (await navigator.gpu?.requestAdapter()) return import("onnxruntime-web/webgpu");
  throw new UserError(
    "Expected a graphics processor that WebGPU can use, found none. Compute with WebAssembly.",
  );
}

/** The model before it stays where this one cannot be opened. */
async function open(model: File, backend: Backend): Promise<Opened> {
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

async function ask(picture: File): Promise<Answer> {
  if (mvt === undefined) throw new UserError("Expected a model first, got none. Choose one.");
  const start = performance.now();
  const decoded = await decodePicture(picture);
  const decode = secondsSince(start);
  const asked = performance.now();
  const prediction = await mvt.predict(decoded);
  const predict = secondsSince(asked);
  const pixels = resizeImage(decoded, mvt.description.preprocessing.imageSize);
  const { mask } = prediction;
  return {
    name: picture.name,
    prediction,
    width: decoded.width,
    height: decoded.height,
    pixels,
    ...(mask ? { seen: maskPixels(pixels, mask, mvt.description) } : {}),
    seconds: { decode, predict },
  };
}

const secondsSince = (start: number) => (performance.now() - start) / 1000;

async function reply(request: Request): Promise<Reply> {
  try {
    return request.kind === "open"
      ? { value: await open(request.model, request.backend) }
      : { value: await ask(request.picture) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof WeightsError) return error.message;
  const reason = error instanceof Error ? error.message : String(error);
  return `This is a defect of the page, not of what you chose: ${reason}`;
}

/** One at a time: an engine runs one thing, and answers come in the order of the questions. */
let last: Promise<unknown> = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<Request>) => {
  last = last.then(async () => postMessage(await reply(data)));
});
