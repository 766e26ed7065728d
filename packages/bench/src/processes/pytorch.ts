/** @file The same DeiT in PyTorch, in a process of its own, answering pictures: `bench/torch_predict.py`. */
import { fileURLToPath } from "node:url";
import type { deit } from "@mvt/core";
import type { Predictor } from "./prediction.ts";
import { openPython } from "./python.ts";

const script = fileURLToPath(new URL("../../bench/torch_predict.py", import.meta.url));

export interface PyTorch {
  readonly predictor: Predictor;
  /** "PyTorch 2.13.0+cpu, Python 3.11.7" */
  readonly name: string;
  readonly close: () => Promise<void>;
}

/** Starts `python` with a DeiT of these sizes. Throws UsageError where it is no Python with torch. */
export async function startPyTorch(
  python: string,
  model: deit.VitConfig,
  threads: number,
): Promise<PyTorch> {
  const sizes = JSON.stringify({ ...model, threads });
  const contestant = await openPython(python, [script, sizes], "torch");
  return {
    name: contestant.ready.ready,
    predictor: async (pictures) => (await contestant.time(1, pictures)).seconds[0]!,
    close: () => contestant.close(),
  };
}
