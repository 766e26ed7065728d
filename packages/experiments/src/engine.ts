/** @file Which engine runs the programs, and where: plain data that a worker thread can be sent. */
import { onnxBackend } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { openTfjs } from "./tfjs-engine.ts";
import { CommandLineError } from "./usage-error.ts";

export const backendNames = ["onnx", "tfjs"] as const;
/** "auto": the best that the backend finds. */
export const deviceNames = ["auto", "cpu", "webgpu", "cuda"] as const;

/** An engine as `--backend`, `--device` and `--threads` name it. */
export interface EngineSpec {
  readonly backend: (typeof backendNames)[number];
  readonly device: (typeof deviceNames)[number];
  /** Threads inside an operator. */
  readonly threads: number;
}

/** The engine itself, loaded when it is asked for. */
export async function openBackend(spec: EngineSpec): Promise<Backend> {
  return spec.backend === "tfjs" ? openTfjs(spec) : openOnnx(spec);
}

async function openOnnx({ device, threads }: EngineSpec): Promise<Backend> {
  if (device !== "auto" && device !== "cpu") {
    throw new CommandLineError(`--device ${device}: expected cpu with --backend onnx.`);
  }
  return onnxBackend({ threads });
}

/** "onnx" or "tfjs": the backend that an engine belongs to. */
export function backendOfEngine({ name }: Backend): EngineSpec["backend"] {
  return name.startsWith("@tensorflow/") ? "tfjs" : "onnx";
}
