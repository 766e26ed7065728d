/** @file What a file of weights holds, before anything of it is turned into numbers. */
import type { Shape } from "../tensor.ts";
import type { ElementType } from "./element.ts";
import type { NdArray } from "./weights.ts";

/** An array in a file. Its place there has been checked; memory is taken when it is loaded. */
export interface StoredArray {
  readonly type: ElementType;
  readonly shape: Shape;
  /** The values as float32, row by row. */
  readonly load: () => NdArray;
}

export type WeightsFormat = "safetensors" | "PyTorch zip" | "PyTorch pickle" | "ONNX";

export interface WeightsFile {
  /** Names the file in errors. */
  readonly source: string;
  readonly format: WeightsFormat;
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** What else lies in the file and is not read: "epoch", "optimizer". */
  readonly beside: readonly string[];
}
