/** @file The `onnx` backend: a program becomes an ONNX model that onnxruntime-node runs on the CPU. */
import type { Backend } from "../../program/program.ts";
import { compileHostState, replicasFor } from "./host-state.ts";

export interface OnnxOptions {
  /** Threads that compute. Default: as many as the machine runs at once. */
  readonly threads?: number;
  /** Write ONNX Runtime's profile of every run to files that begin with this path. */
  readonly profile?: string;
}

/** The default backend. Loads onnxruntime-node when it is made. */
export async function onnxBackend(options: OnnxOptions = {}): Promise<Backend> {
  const ort = await import("onnxruntime-node");
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`,
    device: "cpu",
    sideBySide: replicasFor(options.threads),
    compile: (program) => compileHostState(program, options),
  };
}
