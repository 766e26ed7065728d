/** @file Using an exported model in Node: `loadMvt(file)`, then `predict(picture)`. */
import { readFile } from "node:fs/promises";
import { openMvt } from "./model.ts";
import type { Mvt } from "./model.ts";

export interface LoadOptions {
  /** Threads inside an operator. Default: what ONNX Runtime chooses, one per physical core. */
  readonly threads?: number;
}

/**
 * Opens a file of `pnpm exp export`, or its bytes. Throws WeightsError for anything else, and what Node
 * throws for a file that cannot be read.
 */
export async function loadMvt(
  file: string | Uint8Array,
  { threads }: LoadOptions = {},
): Promise<Mvt> {
  const bytes = typeof file === "string" ? await readFile(file) : file;
  return openMvt(bytes, await import("onnxruntime-node"), {
    source: typeof file === "string" ? file : "model",
    ...(threads === undefined ? {} : { session: { intraOpNumThreads: threads } }),
  });
}
