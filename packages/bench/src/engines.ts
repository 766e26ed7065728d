/** @file The list of engines that are timed: those of this project, and plain TensorFlow.js. PyTorch is in `processes/pytorch.ts`. */
import type { TfjsEngine } from "@mvt/core";
import type { EngineSpec } from "@mvt/experiments";
import type { Repetitions } from "./processes/competitor.ts";

/** What an engine that is slow, or takes much memory, is timed on at most. */
export interface Limits {
  /** Images per step, at most. Engines of different batch sizes are compared by images per second. */
  readonly mostImages?: number;
  /** In place of the plan's numbers of rounds and steps. */
  readonly repetitions?: Repetitions;
  /** Steps before the first that counts. Default 3. */
  readonly warmUp?: number;
}

/** For engines that take seconds per image. */
const slow: Limits = { mostImages: 1, repetitions: { rounds: 2, steps: 1 }, warmUp: 1 };

/** An engine of this project. */
export interface EngineEntry extends Limits {
  /** Its name for `--only` and in the CSV: "onnx-cpu". */
  readonly id: string;
  /** Its name in the report. */
  readonly title: string;
  readonly engine: Omit<EngineSpec, "threads">;
  /** Leave it out where its GPU driver computes on the CPU: a step would take minutes. */
  readonly hardwareOnly?: boolean;
}

/** All engines of this project. One that does not start on this machine is left out, and the report says why. */
export const engines: readonly EngineEntry[] = [
  {
    id: "onnx-cpu",
    title: "this project, ONNX Runtime on the CPU",
    engine: { backend: "onnx", device: "cpu" },
  },
  {
    id: "onnx-webgpu",
    title: "this project, ONNX Runtime on WebGPU",
    engine: { backend: "onnx", device: "webgpu" },
    hardwareOnly: true,
  },
  {
    id: "onnx-cuda",
    title: "this project, ONNX Runtime on CUDA",
    engine: { backend: "onnx", device: "cuda" },
  },
  {
    id: "tfjs-node-gpu",
    title: "this project, TensorFlow on a GPU",
    engine: { backend: "tfjs", device: "cuda", tfjs: "node-gpu" },
  },
  {
    id: "tfjs-node",
    title: "this project, TensorFlow on the CPU",
    engine: { backend: "tfjs", device: "cpu", tfjs: "node" },
  },
  {
    id: "tfjs-wasm",
    title: "this project, TensorFlow.js as WebAssembly",
    engine: { backend: "tfjs", device: "cpu", tfjs: "wasm" },
    ...slow,
  },
];

/** TensorFlow.js as its users use it, without this project. */
export interface PlainTfjsEntry extends Limits {
  readonly id: string;
  readonly title: string;
  readonly tfjs: TfjsEngine;
}

/** One that does not start on this machine is left out here as well. */
export const plainTfjsEngines: readonly PlainTfjsEntry[] = [
  {
    id: "tfjs-node-plain",
    title: "TensorFlow.js alone, TensorFlow on the CPU",
    tfjs: "node",
    mostImages: 8, // DeiT-S takes some 0.5 GB per image
  },
  { id: "tfjs-wasm-plain", title: "TensorFlow.js alone, WebAssembly", tfjs: "wasm", ...slow },
];

/** The engine of `--backend` and `--device`. */
export function engineEntryOf({ backend, device }: Omit<EngineSpec, "threads">): EngineEntry {
  const known = engines.find(
    ({ engine }) => engine.backend === backend && engine.device === device,
  );
  return (
    known ?? {
      id: `${backend}-${device}`,
      title: `this project, ${backend} on ${device}`,
      engine: { backend, device },
    }
  );
}
