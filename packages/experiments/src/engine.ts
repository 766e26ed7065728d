/** @file Which engine runs the programs, and where: plain data that a worker thread can be sent. */
import { onnxBackend } from "@mvt/core";
import type { Backend, OnnxDevice } from "@mvt/core";

export const backendNames = ["onnx"] as const;

/** An engine as `--backend`, `--device` and `--threads` name it. */
export interface EngineSpec {
  readonly backend: (typeof backendNames)[number];
  readonly device: OnnxDevice;
  /** The device's own name, where it is known. */
  readonly adapter?: string;
  /** Threads inside an operator. */
  readonly threads: number;
}

/** The engine itself, loaded when it is asked for. */
export async function openBackend({ device, adapter, threads }: EngineSpec): Promise<Backend> {
  const backend = await onnxBackend({ device, threads });
  return { ...backend, ...(adapter === undefined ? {} : { adapter }) };
}

/** "cpu", "webgpu (NVIDIA GeForce RTX 4090)" */
export function deviceOf({ device, adapter }: Pick<Backend, "device" | "adapter">): string {
  return adapter === undefined ? device : `${device} (${adapter})`;
}

/** "onnxruntime-node 1.30.0, cpu" */
export function engineName(backend: Backend): string {
  return `${backend.name}, ${deviceOf(backend)}`;
}
