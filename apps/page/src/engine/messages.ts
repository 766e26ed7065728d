/** @file The messages between the page and its worker. */
import type { DecodedImage, ModelDescription, Prediction } from "@mvt/core/portable";
import type { NumberedFace } from "@mvt/faces/portable";

/** What runs the model. */
export type WebBackend = "wasm" | "webgpu";

/** The worker handles requests one after another. */
export type Request =
  | { readonly kind: "open"; readonly model: File; readonly backend: WebBackend }
  | { readonly kind: "predict"; readonly image: File }
  /** Loads the detector of faces, so that the first photograph takes no longer than others. */
  | { readonly kind: "prepare" }
  /** The faces of a photograph, each predicted. */
  | { readonly kind: "faces"; readonly image: File };

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
  /** Of a face in a photograph: where it is. */
  readonly face?: NumberedFace;
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

/** A photograph with any number of faces. */
export interface PhotographPrediction {
  /** The name of the image file. */
  readonly name: string;
  /** The size of the photograph, upright. */
  readonly width: number;
  readonly height: number;
  /** A small copy to be shown, and how many times smaller it is. */
  readonly preview: { readonly image: DecodedImage; readonly factor: number };
  /** The largest first. */
  readonly faces: readonly (ImagePrediction & { readonly face: NumberedFace })[];
  /** `find`: finding faces. `predict`: aligning and predicting all of them. */
  readonly seconds: {
    readonly decode: number;
    readonly find: number;
    readonly predict: number;
  };
}

/** The detector of faces is loaded. */
export interface Prepared {
  readonly prepared: true;
}

/** One for every request, in their order; `error` is a message for the user. */
export type Reply =
  | { readonly value: OpenedModel | ImagePrediction | PhotographPrediction | Prepared }
  | { readonly error: string };
