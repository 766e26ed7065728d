/** @file Which engine runs the programs, and where: plain data that a worker thread can be sent. */
import { onnxBackend } from "@mvt/core";
import type { Backend } from "@mvt/core";

export const backendNames = ["onnx"] as const;
export const deviceNames = ["cpu"] as const;

/** An engine as `--backend`, `--device` and `--threads` name it. */
export interface EngineSpec {
  readonly backend: (typeof backendNames)[number];
  readonly device: (typeof deviceNames)[number];
  /** Threads inside an operator. */
  readonly threads: number;
}

/** The engine itself, loaded when it is asked for. */
export async function openBackend({ threads }: EngineSpec): Promise<Backend> {
  return onnxBackend({ threads });
}
