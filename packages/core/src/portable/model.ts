/**
 * @file An exported model, opened: pictures in, predictions out, whichever ONNX Runtime computes them.
 *
 * Pictures come decoded, from whatever library the program has; everything after that, from resizing on,
 * follows the file's own metadata.
 */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { reasonOf } from "@mvt/common";
import { WeightsError } from "../weights/error.ts";
import { parseDescription } from "./description.ts";
import type { ModelDescription } from "./description.ts";
import { readMetadata } from "./metadata.ts";
import { inputValues } from "./picture.ts";
import type { InputValues, Picture } from "./picture.ts";

/** ONNX Runtime out of any of its packages: onnxruntime-node, onnxruntime-web. */
export type OnnxRuntime = Pick<typeof import("onnxruntime-node"), "InferenceSession" | "Tensor">;

export interface Prediction {
  /** The most probable class. */
  readonly expression: string;
  readonly probability: number;
  /** Of every class, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** [N] M_p of every patch, row by row; only of a model with a mask generator. */
  readonly mask?: Float32Array;
}

export interface Mvt {
  readonly description: ModelDescription;
  predict(picture: Picture): Promise<Prediction>;
  /** The same for many, in batches; answers do not depend on the batch. */
  predictAll(pictures: readonly Picture[]): Promise<readonly Prediction[]>;
  dispose(): Promise<void>;
}

export interface OpenOptions {
  /** Names the file in errors. */
  readonly source: string;
  /** Threads, providers and the like. */
  readonly session?: InferenceSession.SessionOptions;
}

/** Pictures per run of `predictAll`: enough to keep the cores busy, few enough for the memory. */
const batchSize = 32;

/** Opens the bytes of a file of `pnpm exp export`. Throws WeightsError for anything else. */
export async function openMvt(
  bytes: Uint8Array,
  ort: OnnxRuntime,
  { source, session: options }: OpenOptions,
): Promise<Mvt> {
  const description = parseDescription(readMetadata(bytes, source), source);
  const session = await ort.InferenceSession.create(bytes, {
    logSeverityLevel: 3, // errors only: what could be optimised further is no news to a user
    ...options,
  }).catch((error: unknown) => {
    throw new WeightsError(
      `${source}: expected a model that ONNX Runtime can run, got one that it refuses (${reasonOf(error)})`,
    );
  });
  const tensorOf = ({ data, dims }: InputValues) =>
    data instanceof Uint8Array
      ? new ort.Tensor("uint8", data, dims)
      : new ort.Tensor("float32", data, dims);
  const predictAll = async (pictures: readonly Picture[]) => {
    const predictions: Prediction[] = [];
    for (let start = 0; start < pictures.length; start += batchSize) {
      const batch = pictures.slice(start, start + batchSize);
      const images = tensorOf(inputValues(description, batch));
      predictions.push(...(await answer(session, images, batch.length, description)));
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
