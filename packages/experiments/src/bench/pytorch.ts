/** @file The same DeiT in PyTorch, in a process of its own: see `bench/torch_predict.py`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { deit } from "@mvt/core";
import { z } from "zod";
import { UsageError } from "../usage-error.ts";
import type { Predictor } from "./prediction.ts";

const program = join(import.meta.dirname, "../../bench/torch_predict.py");

const greeting = z.union([z.object({ ready: z.string() }), z.object({ error: z.string() })]);
const timed = z.object({ seconds: z.number().positive() });

export interface PyTorch {
  readonly predictor: Predictor;
  /** "PyTorch 2.13.0+cpu, Python 3.11.7" */
  readonly name: string;
  readonly close: () => Promise<void>;
}

/** Starts `python` with a DeiT of these sizes. Throws UsageError where it is no Python with torch. */
export async function startPyTorch(
  python: string,
  { imageSize, patchSize, width, depth, heads, mlpRatio, classes }: deit.VitConfig,
  threads: number,
): Promise<PyTorch> {
  const sizes = { imageSize, patchSize, width, depth, heads, mlpRatio, classes, threads };
  const child = spawn(python, [program, JSON.stringify(sizes)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close").catch((error: Error) => error); // such as: no such program
  child.stdin.on("error", () => {}); // of a program that ended already, which the next line tells
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const unusable = (reason: string) => {
    child.kill();
    return new UsageError(
      `--python ${python}: expected a Python that has torch, but ${reason}. Install it there with \`${python} -m pip install torch\`, or name another Python.`,
    );
  };
  const read = async <T>(schema: z.ZodType<T>): Promise<T> => {
    const { value: line, done } = await lines.next();
    if (done === true) {
      const reason = await ended;
      throw unusable(reason instanceof Error ? reason.message : "it ended");
    }
    const found = schema.safeParse(parsed(line));
    if (found.success) return found.data;
    throw unusable(`it says: ${line}`);
  };
  const first = await read(greeting);
  if ("error" in first) throw unusable(first.error);
  return {
    name: first.ready,
    predictor: async (pictures) => {
      child.stdin.write(`${JSON.stringify({ pictures })}\n`);
      return (await read(timed)).seconds;
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
