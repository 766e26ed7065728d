/**
 * @file Using an exported model: `loadMvt(file)`, then `predict(picture)`.
 *
 * Pictures come decoded, from whatever library the program has; everything after that, from resizing on,
 * follows the file's own metadata.
 */
import { readFile } from "node:fs/promises";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { resizeBilinear } from "../images/resize.ts";
import { reasonOf, WeightsError } from "../weights/error.ts";
import { parseDescription } from "./description.ts";
import type { ModelDescription, Preprocessing } from "./description.ts";
import { readMetadata } from "./metadata.ts";

/** A decoded picture: rows from the top, `channels` bytes per pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, channels]: grey, RGB, or RGB with an alpha that is ignored. */
  readonly data: Uint8Array;
  readonly channels: 1 | 3 | 4;
}

export interface Prediction {
  /** The most probable class. */
  readonly expression: string;
  readonly probability: number;
  /** Of every class, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** [N] M_p of every patch, row by row; only of a model with a mask generator. */
  readonly mask?: Float32Array;
}

export interface LoadOptions {
  /** Threads inside an operator. Default: what ONNX Runtime chooses, one per physical core. */
  readonly threads?: number;
}

export interface Mvt {
  readonly description: ModelDescription;
  predict(picture: Picture): Promise<Prediction>;
  /** The same for many, in batches; answers do not depend on the batch. */
  predictAll(pictures: readonly Picture[]): Promise<readonly Prediction[]>;
  dispose(): Promise<void>;
}

/** Pictures per run of `predictAll`: enough to keep the cores busy, few enough for the memory. */
const batchSize = 32;

/**
 * Opens a file of `pnpm exp export`, or its bytes. Throws WeightsError for anything else, and what Node
 * throws for a file that cannot be read.
 */
export async function loadMvt(
  file: string | Uint8Array,
  { threads }: LoadOptions = {},
): Promise<Mvt> {
  const source = typeof file === "string" ? file : "model";
  const bytes = typeof file === "string" ? await readFile(file) : file;
  const description = parseDescription(readMetadata(bytes, source), source);
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(bytes, {
    logSeverityLevel: 3, // errors only: what could be optimised further is no news to a user
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  }).catch((error: unknown) => {
    throw new WeightsError(
      `${source}: expected a model that ONNX Runtime can run, got one that it refuses (${reasonOf(error)})`,
    );
  });
  const tensorOf = inputTensor(description, (data, dims) =>
    data instanceof Uint8Array
      ? new ort.Tensor("uint8", data, dims)
      : new ort.Tensor("float32", data, dims),
  );
  const predictAll = async (pictures: readonly Picture[]) => {
    const predictions: Prediction[] = [];
    for (let start = 0; start < pictures.length; start += batchSize) {
      const batch = pictures.slice(start, start + batchSize);
      predictions.push(...(await answer(session, tensorOf(batch), batch.length, description)));
    }
    return predictions;
  };
  return {
    description,
    predictAll,
    predict: async (picture) => (await predictAll([picture]))[0]!,
    dispose: () => session.release(),
  };
}

async function answer(
  session: InferenceSession,
  images: OrtTensor,
  B: number,
  { classes }: ModelDescription,
): Promise<readonly Prediction[]> {
  const results = await session.run({ images });
  const probabilities = results["probabilities"]!.data as Float32Array; // [B, K]
  const masks = results["mask"]?.data as Float32Array | undefined; // [B, N]
  const K = classes.length;
  return Array.from({ length: B }, (_, i) => {
    const row = [...probabilities.subarray(i * K, (i + 1) * K)];
    const probability = Math.max(...row);
    return {
      expression: classes[row.indexOf(probability)]!,
      probability,
      probabilities: Object.fromEntries(classes.map((name, k) => [name, row[k]!])),
      ...(masks ? { mask: masks.slice((i * masks.length) / B, ((i + 1) * masks.length) / B) } : {}),
    };
  });
}

/** How pictures become the input that the description names. */
function inputTensor(
  { input, preprocessing }: ModelDescription,
  make: (data: Uint8Array | Float32Array, dims: readonly number[]) => OrtTensor,
): (pictures: readonly Picture[]) => OrtTensor {
  const S = preprocessing.imageSize;
  const size = S * S * 3;
  return (pictures) => {
    const B = pictures.length;
    if (input === "bytes") {
      const data = new Uint8Array(B * size);
      for (const [i, picture] of pictures.entries()) data.set(resizePicture(picture, S), i * size);
      return make(data, [B, S, S, 3]);
    }
    const data = new Float32Array(B * size);
    for (const [i, picture] of pictures.entries()) {
      data.set(normalized(resizePicture(picture, S), preprocessing), i * size);
    }
    return make(data, [B, 3, S, S]);
  };
}

/** A picture as S x S pixels of red, green, blue. Throws TypeError for data of another size. */
export function resizePicture(picture: Picture, S: number): Uint8Array {
  const { width, height, channels, data } = picture;
  if (!(width > 0 && height > 0) || data.length !== width * height * channels) {
    throw new TypeError(
      `predict: expected ${width} x ${height} pixels of ${channels} bytes, got ${data.length} bytes`,
    );
  }
  return resizeBilinear(toRgb(data, channels), width, 3, S);
}

function toRgb(data: Uint8Array, channels: Picture["channels"]): Uint8Array {
  if (channels === 3) return data;
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    for (let c = 0; c < 3; c += 1) rgb[to + c] = data[channels === 1 ? from : from + c]!;
  }
  return rgb;
}

/** [S, S, 3] bytes to [3, S, S], (pixel / 255 - mean) / std. */
function normalized(pixels: Uint8Array, { mean, std }: Preprocessing): Float32Array {
  const area = pixels.length / 3;
  return Float32Array.from({ length: pixels.length }, (_, i) => {
    const c = Math.floor(i / area);
    return (pixels[(i % area) * 3 + c]! / 255 - mean[c]!) / std[c]!;
  });
}
