/** @file What a file of weights contains, before arrays are loaded from it. */
import type { Shape } from "../tensor.ts";
import type { ElementType } from "./element.ts";
import type { NdArray } from "./weights.ts";

/** An array in a file. Its place in the file has been checked; memory is allocated when it is loaded. */
export interface StoredArray {
  readonly type: ElementType;
  readonly shape: Shape;
  /** The values as float32, row by row. */
  readonly load: () => NdArray;
}

export type WeightsFormat = "safetensors" | "PyTorch zip" | "PyTorch pickle" | "ONNX";

export interface WeightsFile {
  /** The name of the file in errors. */
  readonly source: string;
  readonly format: WeightsFormat;
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** The names of other things in the file, which are not read: "epoch", "optimizer". */
  readonly otherEntries: readonly string[];
}
