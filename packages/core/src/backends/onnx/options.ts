/** @file Where ONNX Runtime computes, with how many threads and sessions. */
import { availableParallelism } from "node:os";
import { sharesMemory } from "./shared-memory.ts";

/** Where ONNX Runtime computes. */
export const onnxDevices = ["cpu", "webgpu", "cuda"] as const;
export type OnnxDevice = (typeof onnxDevices)[number];

export interface OnnxOptions {
  /** Default: "cpu". */
  readonly device?: OnnxDevice;
  /** Threads inside an operator. Default: what ONNX Runtime chooses, one per physical core. */
  readonly threads?: number;
  /** The most sessions that compute micro-batches at once, on the CPU. Default: one per thread, at most four. */
  readonly sessions?: number;
  /** Write ONNX Runtime's profile of every run to files that begin with this path. */
  readonly profile?: string;
}

/** More sessions than this cost more memory than they save time: each has gradients of its own. */
const mostSessions = 4;

/** How many micro-batches are computed at the same time on the CPU. */
export function sessionsFor({
  threads = availableParallelism(),
  sessions = mostSessions,
}: Pick<OnnxOptions, "threads" | "sessions">): number {
  return sharesMemory ? Math.min(threads, sessions) : 1;
}
