/** @file What is asked of TensorFlow.js. Without the types of its packages, which need not be installed. */
import { UserError } from "@mvt/common";
import type { TfjsEngine } from "./packages.ts";

export interface TfjsOptions {
  /** Which package computes. Default: the first of node-gpu, node, wasm and cpu that can be loaded. */
  readonly engine?: TfjsEngine;
  /**
   * Where it must compute. "cuda" needs @tensorflow/tfjs-node-gpu and a GPU that it finds; "cpu" does not use that
   * package. Default: wherever the engine computes by itself.
   */
  readonly device?: "cpu" | "cuda";
  /** Threads inside an operator, for a native TensorFlow. Only the first engine of a process can set it. */
  readonly threads?: number;
  /** A folder to search for the packages before this package's own dependencies. */
  readonly folder?: string;
}

/** No engine of TensorFlow.js fits the options. The message names each package and why it was not taken. */
export class TfjsError extends UserError {
  override readonly name = "TfjsError";
}
