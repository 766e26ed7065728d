/** @file The messages between the page and its worker. */
import type { ModelDescription, Prediction } from "@mvt/core/portable";

/** What runs the model. */
export type WebBackend = "wasm" | "webgpu";

/** The worker handles requests one after another. */
export type Request =
  | { readonly kind: "open"; readonly model: File; readonly backend: WebBackend }
  | { readonly kind: "predict"; readonly image: File };

export interface OpenedModel {
  readonly name: string;
  readonly bytes: number;
  readonly description: ModelDescription;
  readonly backend: WebBackend;
  /** The number of threads; 1 if the server does not isolate the page. */
  readonly threads: number;
  readonly seconds: number;
}

export interface ImagePrediction {
  /** The name of the image file. */
  readonly name: string;
  readonly prediction: Prediction;
  /** The size of the image itself, upright. */
  readonly width: number;
  readonly height: number;
  /** [S, S, 3] bytes: the input of the model. */
  readonly pixels: Uint8Array;
  /** [S, S, 3] bytes: the same under the mask, which is the input of the classifier; only with a mask. */
  readonly masked?: Uint8Array;
  /** `decode`: reading the file and its pixels. `predict`: from the pixels to the prediction. */
  readonly seconds: { readonly decode: number; readonly predict: number };
}

/** One for every request, in their order; `error` is a message for the user. */
export type Reply = { readonly value: OpenedModel | ImagePrediction } | { readonly error: string };
