/**
 * @file An opened model: it takes images and returns predictions, with any package of ONNX Runtime.
 *
 * The caller decodes images with a library of its choice. All further preprocessing, from resizing on, follows the
 * metadata of the file.
 */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { listFirst, reasonOf } from "@mvt/common";
import { refuserOf } from "../weights/error.ts";
import { parseDescription } from "./description.ts";
import type { ModelDescription } from "./description.ts";
import type { ExplanationName } from "./explanation-names.ts";
import { readMetadata } from "./metadata.ts";
import { inputValues } from "./image.ts";
import type { InputValues, DecodedImage } from "./image.ts";

/** ONNX Runtime, from onnxruntime-node or onnxruntime-web. */
export type OnnxRuntime = Pick<typeof import("onnxruntime-node"), "InferenceSession" | "Tensor">;

export interface Prediction {
  /** The most probable class. */
  readonly expression: string;
  readonly probability: number;
  /** The probability of every class, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** [N] M_p of every patch, row by row. Only models with a mask generator have it. */
  readonly mask?: Float32Array;
  /** [N] the relevance of every patch, row by row, by each explanation that the model gives. */
  readonly explanations?: Readonly<Partial<Record<ExplanationName, Float32Array>>>;
}

export interface Mvt {
  readonly description: ModelDescription;
  /** The expression and all probabilities for one image, which is resized to the size of the model. */
  predict(image: DecodedImage): Promise<Prediction>;
  /** Predictions for many images, computed in batches. They do not depend on how images are batched. */
  predictAll(images: readonly DecodedImage[]): Promise<readonly Prediction[]>;
  /** Releases the session. The model cannot be used afterwards. */
  dispose(): Promise<void>;
}

export interface OpenOptions {
  /** The name of the file in errors. */
  readonly source: string;
  /** Options of ONNX Runtime: threads, execution providers. */
  readonly session?: InferenceSession.SessionOptions;
}

/** Images per run of `predictAll`: enough to keep all cores busy, and few enough for little memory. */
const batchSize = 32;

/** Opens a model that `pnpm exp export` wrote, from its bytes. Throws WeightsError for anything else. */
export async function openMvt(
  bytes: Uint8Array,
  ort: OnnxRuntime,
  { source, session: options }: OpenOptions,
): Promise<Mvt> {
  const description = parseDescription(readMetadata(bytes, source), source);
  const session = await ort.InferenceSession.create(bytes, {
    logSeverityLevel: 3, // errors only: its warnings are about optimisations
    ...options,
  }).catch((error: unknown) =>
    refuserOf(source)(
      "a model that ONNX Runtime can run",
      `one that it refuses (${reasonOf(error)})`,
    ),
  );
  await requireOutputs(session, description, source);
  const tensorOf = ({ data, dims }: InputValues) =>
    data instanceof Uint8Array
      ? new ort.Tensor("uint8", data, dims)
      : new ort.Tensor("float32", data, dims);
  const predictAll = async (images: readonly DecodedImage[]) => {
    const predictions: Prediction[] = [];
    for (let start = 0; start < images.length; start += batchSize) {
      const batch = images.slice(start, start + batchSize);
      const input = tensorOf(inputValues(description, batch));
      predictions.push(...(await predictBatch(session, input, batch.length, description)));
    }
    return predictions;
  };
  return {
    description,
    predictAll,
    predict: async (image) => (await predictAll([image]))[0]!,
    dispose: () => session.release(),
  };
}

/** Throws WeightsError, and closes the model, if its outputs are not those that its metadata describe. */
async function requireOutputs(
  session: InferenceSession,
  { classes, explanations = [] }: ModelDescription,
  source: string,
): Promise<void> {
  const probabilities = session.outputMetadata.find(({ name }) => name === "probabilities");
  const shape = probabilities?.isTensor === true ? probabilities.shape : [];
  const lacking = explanations.find((name) => !session.outputNames.includes(name));
  if (shape.length === 2 && shape[1] === classes.length && lacking === undefined) return;
  await session.release();
  if (lacking !== undefined) {
    refuserOf(source)(
      `an output "${lacking}", an explanation that its metadata name`,
      `the outputs ${listFirst(session.outputNames, 5)}`,
      "The file is damaged or was changed: export the model again.",
    );
  }
  const found =
    probabilities === undefined
      ? `the outputs ${listFirst(session.outputNames, 5)}`
      : `an output of shape [${shape.join(", ")}]`;
  refuserOf(source)(
    `an output "probabilities" with a column for each of the ${classes.length} classes in its metadata`,
    found,
    "The file is damaged or was changed: export the model again.",
  );
}

async function predictBatch(
  session: InferenceSession,
  images: OrtTensor,
  B: number,
  { classes, explanations }: ModelDescription,
): Promise<readonly Prediction[]> {
  const results = await session.run({ images });
  const probabilities = results["probabilities"]!.data as Float32Array; // [B, K]
  const rowOf = (values: Float32Array, i: number) =>
    values.slice((i * values.length) / B, ((i + 1) * values.length) / B);
  const masks = results["mask"]?.data as Float32Array | undefined; // [B, N]
  const K = classes.length;
  return Array.from({ length: B }, (_, i) => {
    const row = [...probabilities.subarray(i * K, (i + 1) * K)];
    const probability = Math.max(...row);
    return {
      expression: classes[row.indexOf(probability)]!,
      probability,
      probabilities: Object.fromEntries(classes.map((name, k) => [name, row[k]!])),
      mask: masks && rowOf(masks, i),
      explanations:
        explanations &&
        Object.fromEntries(
          explanations.map((name) => [name, rowOf(results[name]!.data as Float32Array, i)]),
        ),
    };
  });
}
