/** @file What a file of weights contains, before arrays are loaded from it. */
import { printable, shorten } from "@mvt/common";
import type { Shape } from "../tensor.ts";
import type { ElementType } from "./element.ts";
import type { Refuse } from "./error.ts";
import type { NdArray } from "./weights.ts";

/** An array in a file. Its place in the file has been checked; memory is allocated when it is loaded. */
export interface StoredArray {
  readonly type: ElementType;
  readonly shape: Shape;
  /** The values as float32, row by row. */
  readonly load: () => NdArray;
}

/** Arrays in a file. The largest vision transformers have about two thousand. */
export const maximumArrays = 20_000;

/** Characters of a name. Those of parameters have tens. */
export const maximumName = 1000;

/** Axes of an array. A convolution of three dimensions has five. */
export const maximumAxes = 8;

/** Throws unless a name can be one of an array, and be shown: not too long, of printable characters. */
export function requireName(name: string, refuse: Refuse): void {
  if (name.length > maximumName) {
    refuse(`names of at most ${maximumName} characters`, `one of ${name.length}: ${shorten(name)}`);
  }
  if (printable(name) !== name || !name.isWellFormed()) {
    refuse("names of printable characters", name.toWellFormed());
  }
}

/** Throws for more arrays than a network has. */
export function requireFew(count: number, refuse: Refuse): void {
  if (count > maximumArrays) refuse(`at most ${maximumArrays} arrays`, `${count}`);
}

/** Of an ONNX model: by default, exporters replace a matrix and its transpose by a new array without the name. */
export const keepNames =
  "Export so that parameters keep their names: torch.onnx.export(..., dynamo=True, optimize=False), or dynamo=False with do_constant_folding=False.";

export type WeightsFormat = "safetensors" | "PyTorch zip" | "PyTorch pickle" | "ONNX";

export interface WeightsFile {
  /** The name of the file in errors. */
  readonly source: string;
  readonly format: WeightsFormat;
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** The names of other things in the file, which are not read: "epoch", "optimizer". */
  readonly otherEntries: readonly string[];
}
