/** @file Which engine runs the programs, and where: plain data that a worker thread can be sent. */
import { onnxBackend } from "@mvt/core";
import type { Backend, TfjsEngine } from "@mvt/core";
import { openTfjs } from "./tfjs.ts";

export const backendNames = ["onnx", "tfjs"] as const;

export const deviceNames = ["auto", "cpu", "webgpu", "cuda"] as const;
export type DeviceName = (typeof deviceNames)[number];

/** An engine as `--backend`, `--device`, `--threads` and `--sessions` name it. */
export interface EngineSpec {
  readonly backend: (typeof backendNames)[number];
  /** "auto" is TensorFlow.js's to answer: the best that is installed. ONNX Runtime is told a device. */
  readonly device: DeviceName;
  /** The device's own name, where it is known. */
  readonly adapter?: string;
  /** Which package of TensorFlow.js; the best that is installed if absent. */
  readonly tfjs?: TfjsEngine;
  /** Threads inside an operator. */
  readonly threads: number;
  /** The most sessions of ONNX Runtime that compute parts of a batch at once, on the CPU; as is fastest if absent. */
  readonly sessions?: number;
}

/** The engine itself, loaded when it is asked for. */
export async function openBackend(spec: EngineSpec): Promise<Backend> {
  return spec.backend === "tfjs" ? openTfjs(spec) : openOnnx(spec);
}

async function openOnnx({ device, adapter, threads, sessions }: EngineSpec): Promise<Backend> {
  const backend = await onnxBackend({
    device: device === "auto" ? "cpu" : device,
    threads,
    ...(sessions === undefined ? {} : { sessions }),
  });
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

/** "onnx" or "tfjs": the backend that an engine belongs to. */
export function backendOfEngine({ name }: Backend): EngineSpec["backend"] {
  return name.startsWith("@tensorflow/") ? "tfjs" : "onnx";
}
