/** @file What the page and its worker say to each other. */
import type { ModelDescription, Prediction } from "@mvt/core/portable";

/** What computes. */
export type Backend = "wasm" | "webgpu";

/** Asked of the worker, one after the other. */
export type Request =
  | { readonly kind: "open"; readonly model: File; readonly backend: Backend }
  | { readonly kind: "ask"; readonly picture: File };

export interface Opened {
  readonly name: string;
  readonly bytes: number;
  readonly description: ModelDescription;
  readonly backend: Backend;
  /** That compute together; 1 where the server does not isolate the page. */
  readonly threads: number;
  readonly seconds: number;
}

export interface Answer {
  readonly name: string;
  readonly prediction: Prediction;
  /** The picture's own size, upright. */
  readonly width: number;
  readonly height: number;
  /** [S, S, 3] bytes: what the model was given. */
  readonly pixels: Uint8Array;
  /** [S, S, 3] bytes: the same under the mask, which the classifier saw; of a model with masks. */
  readonly seen?: Uint8Array;
  /** Reading the file and its pixels, and from there to the answer. */
  readonly seconds: { readonly decode: number; readonly predict: number };
}

/** To every request, in their order; `error` is a message for the user. */
export type Reply = { readonly value: Opened | Answer } | { readonly error: string };
