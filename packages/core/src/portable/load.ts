/** @file Opening an exported model in Node: `loadMvt(file)`, then `predict(image)`. */
import { readRegular } from "@mvt/common/files";
import { loadOnnxRuntime } from "../backends/onnx/load-onnxruntime.ts";
import type { Mvt } from "./model.ts";

export interface LoadOptions {
  /** Threads inside an operator. Default: what ONNX Runtime chooses, one per physical core. */
  readonly threads?: number;
}

/**
 * Opens a model that `pnpm exp export` wrote, from a path or from its bytes. Throws WeightsError for anything else,
 * UnreadableFileError for a folder, a pipe or a device, and Node's error if the file cannot be read.
 */
export async function loadMvt(
  file: string | Uint8Array,
  { threads }: LoadOptions = {},
): Promise<Mvt> {
  const bytes = typeof file === "string" ? await readRegular(file) : file;
  const { openMvt } = await import("./model.ts");
  return openMvt(bytes, await loadOnnxRuntime(), {
    source: typeof file === "string" ? file : "model",
    session: threads === undefined ? {} : { intraOpNumThreads: threads },
  });
}
