/**
 * @file The detector of faces, downloaded from the page's own folder when it is first asked for: about 7 MB, the most of them
 * its networks.
 */
import { findFaces, loadNets } from "@mvt/faces/portable";
import type { Face, FaceApi, NetName } from "@mvt/faces/portable";
import type { DecodedImage } from "@mvt/core/portable";
import plainWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import landmarksManifest from "@vladmandic/face-api/model/face_landmark_68_model-weights_manifest.json?url";
import landmarksWeights from "@vladmandic/face-api/model/face_landmark_68_model.bin?url";
import boxesManifest from "@vladmandic/face-api/model/ssd_mobilenetv1_model-weights_manifest.json?url";
import boxesWeights from "@vladmandic/face-api/model/ssd_mobilenetv1_model.bin?url";

const files = {
  ssdMobilenetv1: { manifest: boxesManifest, weights: boxesWeights },
  faceLandmark68Net: { manifest: landmarksManifest, weights: landmarksWeights },
} as const satisfies Partial<Record<NetName, unknown>>;
type Used = keyof typeof files;

let opened: Promise<FaceApi> | undefined;

/** Begins to download the detector, if that has not happened yet. After a failure, the next call tries again. */
export async function openDetector(): Promise<FaceApi> {
  opened ??= open();
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

/** The faces of an upright image, the largest first. */
export async function facesOf(image: DecodedImage): Promise<readonly Face[]> {
  return findFaces(await openDetector(), image);
}

/** Nothing is one. */
class Nothing {
  readonly never = true;
}

/** The package asks which of these classes an input is, and knows no worker; here inputs are tensors. */
const environment = {
  Canvas: Nothing,
  CanvasRenderingContext2D: Nothing,
  Image: Nothing,
  ImageData: Nothing,
  Video: Nothing,
};

async function open(): Promise<FaceApi> {
  const library = (await import("@vladmandic/face-api/dist/face-api.esm.js")) as FaceApi & {
    readonly env: { setEnv(environment: object): void };
  };
  library.env.setEnv(environment);
  const { tf } = library;
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  tf.setWasmPaths({
    "tfjs-backend-wasm.wasm": plainWasm,
    "tfjs-backend-wasm-simd.wasm": simdWasm,
    "tfjs-backend-wasm-threaded-simd.wasm": simdWasm, // must be named, and is not used
  });
  await tf.setBackend("wasm");
  const names = Object.keys(files) as readonly Used[];
  await loadNets(library, names, async (name) => {
    const { manifest, weights } = files[name as Used];
    const [described, bytes] = await Promise.all([fetched(manifest), fetched(weights)]);
    return { manifest: await described.json(), weights: await bytes.arrayBuffer() };
  });
  // The engine compiles what it runs for the first time.
  await findFaces(library, { width: 64, height: 64, channels: 1, data: new Uint8Array(64 * 64) });
  return library;
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url);
  if (response.ok) return response;
  throw new Error(`${url}: the server replied ${response.status}`);
}
