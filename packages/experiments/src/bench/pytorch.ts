/** @file The same DeiT in PyTorch, in a process of its own, answering pictures: `bench/torch_predict.py`. */
import { fileURLToPath } from "node:url";
import type { deit } from "@mvt/core";
import { UsageError } from "../usage-error.ts";
import { ContestantError, openContestant } from "./contestant.ts";
import type { Predictor } from "./prediction.ts";

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
  try {
    const contestant = await openContestant({
      command: [python, script, JSON.stringify({ ...model, threads })],
    });
    return {
      name: contestant.ready.ready,
      predictor: async (pictures) => (await contestant.time(1, pictures)).seconds[0]!,
      close: () => contestant.close(),
    };
  } catch (error) {
    if (!(error instanceof ContestantError)) throw error;
    throw new UsageError(
      `--python ${python}: expected a Python with PyTorch, but ${error.message}. Install it there with \`${python} -m pip install torch\`, or name another.`,
    );
  }
}
