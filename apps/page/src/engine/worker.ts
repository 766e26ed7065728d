/** @file The worker: it holds one model and predicts images, so that the page itself never waits. */
import { reasonOf, UserError } from "@mvt/common";
import { maskPixels, openMvt, resizeImage } from "@mvt/core/portable";
import type { DecodedImage, Mvt, Prediction } from "@mvt/core/portable";
import { alignment, defaultMargin, shrink, warp } from "@mvt/faces/portable";
import { decodeImage } from "./decode.ts";
import type {
  WebBackend,
  ImagePrediction,
  OpenedModel,
  PhotographPrediction,
  Reply,
  Request,
} from "./messages.ts";

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

function openModel(): Mvt {
  if (mvt !== undefined) return mvt;
  throw new UserError("Expected a model first, got none", { advice: "Choose one." });
}

async function predict(image: File): Promise<ImagePrediction> {
  const model = openModel();
  const start = performance.now();
  const decoded = await decodeImage(image);
  const decodeSeconds = secondsSince(start);
  const decodedAt = performance.now();
  const prediction = await model.predict(decoded);
  const seconds = { decode: decodeSeconds, predict: secondsSince(decodedAt) };
  return { ...shownOf(model, decoded, prediction), name: image.name, seconds };
}

/** The prediction with what the model and its classifier saw. */
function shownOf({ description }: Mvt, image: DecodedImage, prediction: Prediction) {
  const pixels = resizeImage(image, description.preprocessing.imageSize);
  const { width, height } = image;
  const { mask } = prediction;
  const masked = mask && maskPixels(pixels, mask, description);
  return { prediction, width, height, pixels, masked };
}

/** Pixels along the longer side of the copy of a photograph that is shown, at most. */
const previewSize = 720;

async function predictFaces(photograph: File): Promise<PhotographPrediction> {
  const { name } = photograph;
  const model = openModel();
  const size = model.description.preprocessing.imageSize;
  const { facesOf, openDetector } = await import("./faces.ts");
  await openDetector();
  const start = performance.now();
  const decoded = await decodeImage(photograph);
  const decode = secondsSince(start);
  const decodedAt = performance.now();
  const found = await facesOf(decoded);
  const find = secondsSince(decodedAt);
  const foundAt = performance.now();
  const aligned = found.map(({ points }): DecodedImage => {
    const data = warp(decoded, alignment(points, size, defaultMargin), size);
    return { width: size, height: size, channels: 3, data };
  });
  const predictions = await model.predictAll(aligned);
  const predictSeconds = secondsSince(foundAt);
  const faces = found.map((face, i) => ({
    ...shownOf(model, aligned[i]!, predictions[i]!),
    name,
    face: { ...face, number: i + 1, of: found.length },
    seconds: { decode, predict: predictSeconds / found.length },
  }));
  return {
    name,
    width: decoded.width,
    height: decoded.height,
    preview: shrink(decoded, previewSize),
    faces,
    seconds: { decode, find, predict: predictSeconds },
  };
}

const secondsSince = (start: number) => (performance.now() - start) / 1000;

async function reply(request: Request): Promise<Reply> {
  try {
    switch (request.kind) {
      case "open":
        return { value: await open(request.model, request.backend) };
      case "predict":
        return { value: await predict(request.image) };
      case "prepare": {
        const { openDetector } = await import("./faces.ts");
        await openDetector();
        return { value: { prepared: true } };
      }
      case "faces":
        return { value: await predictFaces(request.image) };
    }
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
