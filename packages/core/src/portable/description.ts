/**
 * @file The description of an exported model, kept in the metadata of the ONNX file.
 *
 * Every field of `ModelDescription` is one entry: texts as they are, everything else as JSON.
 */
import { isRecord, parseJson, printable, shorten } from "@mvt/common";
import { imagenet } from "../deit/pixels.ts";
import { explanationNames } from "./explanation-names.ts";
import type { ExplanationName } from "./explanation-names.ts";
import { modelFormat } from "./model-format.ts";
import { refuserOf } from "../weights/error.ts";
import { storagePrecisions } from "./storage-precision.ts";
import type { StoragePrecision } from "./storage-precision.ts";

/** How an image becomes the model's input. */
export interface Preprocessing {
  /** S: the whole image is resized to S x S pixels. */
  readonly imageSize: number;
  /** P: the mask has one value for each patch of P x P pixels, row by row. */
  readonly patchSize: number;
  readonly colours: "RGB";
  /** Bilinear with antialiasing in two passes, each rounded to 8 bits, as Pillow does it. */
  readonly resize: "pillow-bilinear";
  /** Per channel, for pixels in [0, 1]. A model that takes bytes normalises them itself. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** The preprocessing of every model of this project. */
export function preprocessingOf({
  imageSize,
  patchSize,
}: Pick<Preprocessing, "imageSize" | "patchSize">): Preprocessing {
  return { imageSize, patchSize, colours: "RGB", resize: "pillow-bilinear", ...imagenet };
}

/** What the model's mask means. */
export interface MaskDescription {
  /** "soft", "hard" with its threshold, or "top-k" with its m. */
  readonly form: { readonly kind: string };
  /** "remove": the classifier sees I (1 - mask); "keep": it sees I mask. */
  readonly polarity: "remove" | "keep";
  /** What the mask multiplies: "pixel", pixels in [0, 1], or "normalized", normalised pixels. */
  readonly space: string;
  /** The fraction of the image that the generator was trained to remove. */
  readonly m: number;
}

export interface ModelDescription {
  /** bytes: uint8 [B, S, S, 3]; pixels: float32 [B, 3, S, S], normalised. */
  readonly input: "bytes" | "pixels";
  /** The names of the classes, in the order of the probabilities. */
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  /** Absent if the model has no mask generator. */
  readonly mask?: MaskDescription;
  readonly precision: StoragePrecision;
  /** The explanations that it gives of its predictions, each an output [B, N]; absent if it gives none. */
  readonly explanations?: readonly ExplanationName[];
  /** For people, any JSON: title, run, training data, metrics, licence. */
  readonly about: Readonly<Record<string, unknown>>;
}

const described = [
  "format",
  "input",
  "classes",
  "preprocessing",
  "mask",
  "precision",
  "explanations",
];

/** The metadata of a model file: the description as texts by key, objects as JSON. */
export function describeModel({ about, ...model }: ModelDescription): Record<string, string> {
  const entries = Object.entries({ format: modelFormat, ...model, ...about });
  return Object.fromEntries(
    entries
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** The inverse of `describeModel`. Throws WeightsError for other metadata; `source` names the file in the error. */
export function parseDescription(
  metadata: Readonly<Record<string, string>>,
  source: string,
): ModelDescription {
  const refuse = refuserOf(source);
  if (metadata["format"] !== modelFormat) {
    refuse(
      `a model of format ${modelFormat}`,
      metadata["format"] ?? "an ONNX file that does not say how it is used",
      "Pass a file that `pnpm exp export` wrote.",
    );
  }
  const read = <T>(key: string, holds: (value: unknown) => value is T): T => {
    const value = parsed(metadata[key]);
    if (holds(value)) return value;
    const advice = "The file is damaged: export the model again.";
    return refuse(`${key} in its metadata`, shorten(printable(metadata[key] ?? "none")), advice);
  };
  const about = Object.entries(metadata).filter(([key]) => !described.includes(key));
  return {
    input: read("input", isInput),
    classes: read("classes", isTexts).map(printable),
    preprocessing: read("preprocessing", isPreprocessing),
    mask: "mask" in metadata ? read("mask", isMask) : undefined,
    precision: read("precision", isPrecision),
    explanations: "explanations" in metadata ? read("explanations", areExplanations) : undefined,
    about: Object.fromEntries(about.map(([key, value]) => [printable(key), parsed(value)])),
  };
}

/** The value of a JSON text, or the text itself if it is not JSON. */
function parsed(text: string | undefined): unknown {
  const value = text === undefined ? undefined : parseJson(text);
  return value === undefined ? text : value;
}

const isInput = (value: unknown): value is ModelDescription["input"] =>
  value === "bytes" || value === "pixels";
const isPrecision = (value: unknown): value is StoragePrecision =>
  storagePrecisions.some((precision) => precision === value);
const areExplanations = (value: unknown): value is readonly ExplanationName[] =>
  Array.isArray(value) && value.every((name) => explanationNames.some((known) => known === name));
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((text) => typeof text === "string") &&
  new Set(value).size === value.length;
const isSize = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0;
const isTriple = (value: unknown) =>
  Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);
const isPreprocessing = (value: unknown): value is Preprocessing =>
  isRecord(value) &&
  isSize(value["imageSize"]) &&
  isSize(value["patchSize"]) &&
  value["colours"] === "RGB" &&
  value["resize"] === "pillow-bilinear" &&
  isTriple(value["mean"]) &&
  isTriple(value["std"]);
const isMask = (value: unknown): value is MaskDescription =>
  isRecord(value) &&
  isRecord(value["form"]) &&
  typeof value["form"]["kind"] === "string" &&
  (value["polarity"] === "remove" || value["polarity"] === "keep") &&
  (value["space"] === "pixel" || value["space"] === "normalized") &&
  typeof value["m"] === "number";
