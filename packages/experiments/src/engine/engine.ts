/** @file Which engine runs the programs, on which device, with how many threads. */
import { availableParallelism } from "node:os";
import { CommandLineError } from "@mvt/common";
import { DeviceError, findAdapter, onnxBackend } from "@mvt/core";
import type { Adapter, Backend, TfjsEngine } from "@mvt/core";
import { openTfjs } from "./tfjs.ts";

export const backendNames = ["onnx", "tfjs"] as const;
export type BackendName = (typeof backendNames)[number];

export const deviceNames = ["auto", "cpu", "webgpu", "cuda"] as const;
export type DeviceName = (typeof deviceNames)[number];

/** The engine that was asked for: `--backend`, `--device`, `--threads`, `--sessions`, `--jobs`. */
export interface EngineRequest {
  readonly backend: BackendName;
  readonly device?: DeviceName;
  /** Threads inside an operator. */
  readonly threads?: number;
  /** The most sessions of ONNX Runtime that compute micro-batches at once on the CPU. */
  readonly sessions?: number;
  /** Runs that train at once. */
  readonly jobs?: number;
}

/** An engine as plain data, which a worker thread can be sent and `openBackend` opens. */
export interface EngineSpec extends Pick<EngineRequest, "backend" | "sessions"> {
  /** "auto" only for TensorFlow.js, which chooses the best that is installed. */
  readonly device: DeviceName;
  /** The device's own name, where it is known. */
  readonly adapter?: string;
  /** Which package of TensorFlow.js; the best that is installed if absent. */
  readonly tfjs?: TfjsEngine;
  readonly threads: number;
}

/** An engine that is open, and how the runs of a command are spread over the cores. */
export interface OpenedEngine {
  readonly backend: Backend;
  /** Opens the same engine again, in the worker thread of each run. */
  readonly spec: EngineSpec;
  /** Runs that train at once. */
  readonly jobs: number;
}

/**
 * Opens the engine for training. By default small models train on the CPU, one run per core; large ones on a GPU
 * where there is one, else on all cores. On a GPU one run trains at a time.
 */
export async function openEngine(
  request: EngineRequest,
  { smallModel }: { readonly smallModel: boolean },
): Promise<OpenedEngine> {
  const cores = availableParallelism();
  const { backend } = request;
  const device = await chooseDevice(request.device ?? (smallModel ? undefined : "auto"), backend);
  requireOneJob(request, device);
  const severalRuns =
    smallModel && request.threads === undefined && backend === "onnx" && device.device === "cpu";
  const jobs = request.jobs ?? (severalRuns ? cores : 1);
  const threads = request.threads ?? (smallModel ? 1 : Math.max(1, Math.floor(cores / jobs)));
  const spec = { backend, ...device, threads, sessions: sessionsOf(request, device, threads) };
  const opened = await openBackend(spec);
  requireThreads(request, opened);
  return { backend: opened, spec, jobs };
}

/**
 * Throws a CommandLineError for `--threads` where no thread of the processor computes, and for several where the engine has
 * one.
 */
export function requireThreads(
  { threads }: Pick<EngineRequest, "threads">,
  backend: Pick<Backend, "name" | "device" | "adapter">,
): void {
  if (threads === undefined) return;
  if (backend.device === "webgpu") {
    throw new CommandLineError(
      `--threads ${threads}: expected it on the CPU, got ${deviceOf(backend)}, where no thread of the processor computes. Leave it out.`,
    );
  }
  if (threads === 1 || !backend.name.startsWith("@tensorflow/tfjs-backend-")) return;
  throw new CommandLineError(
    `--threads ${threads}: expected 1 with ${backend.name}, which has no more. Leave it out, or build a native TensorFlow with \`pnpm exp setup tensorflow\`.`,
  );
}

/** Throws a CommandLineError if several runs are to train at once where only one thread of a process can compute. */
export function requireOneJob(
  { backend, jobs = 1 }: EngineRequest,
  { device }: Pick<EngineSpec, "device">,
): void {
  if (jobs === 1) return;
  if (backend === "tfjs") {
    throw new CommandLineError(
      `--jobs ${jobs}: expected 1 with --backend tfjs, because TensorFlow's addon serves one thread.`,
    );
  }
  if (device !== "webgpu") return;
  throw new CommandLineError(
    `--jobs ${jobs}: expected 1 on webgpu, because sessions of ONNX Runtime that compute on one WebGPU device at once end the process (microsoft/onnxruntime issue 32561). Pass --device cpu to train several runs at once.`,
  );
}

/** Opens the engine for a command that uses one at a time: all cores unless `--threads` is given. */
export async function openRequested(request: EngineRequest): Promise<Backend> {
  const { backend, threads = availableParallelism() } = request;
  const device = await chooseDevice(request.device, backend);
  const sessions = sessionsOf(request, device, threads);
  const opened = await openBackend({ backend, ...device, threads, sessions });
  requireThreads(request, opened);
  return opened;
}

/** `--sessions`; a CommandLineError where it has no meaning, or where there are fewer `threads`. */
export function sessionsOf(
  { backend, sessions }: EngineRequest,
  { device }: Pick<EngineSpec, "device">,
  threads: number,
): number | undefined {
  if (sessions === undefined) return undefined;
  if (backend === "onnx" && device === "cpu") {
    if (sessions <= threads) return sessions;
    throw new CommandLineError(
      `--sessions ${sessions}: expected at most one for each of ${threads} threads of a run, got ${sessions}. Add --threads ${sessions}, or leave it out.`,
    );
  }
  throw new CommandLineError(
    `--sessions ${sessions}: expected --backend onnx on the CPU, got ${backend} on ${device}. No other engine computes several micro-batches at once.`,
  );
}

/**
 * The device of the flag, cpu if absent. `auto` is webgpu where its adapter is a GPU, else cpu. `webgpu` by name
 * also takes an adapter that computes on the CPU, and throws DeviceError where there is none. `cuda` is chosen by
 * name only. TensorFlow.js chooses for itself, `auto` if absent.
 */
export async function chooseDevice(
  asked: DeviceName | undefined,
  backend: BackendName,
  find: () => Promise<Adapter> = findAdapter,
): Promise<Pick<EngineSpec, "device" | "adapter">> {
  if (backend === "tfjs") return { device: asked ?? "auto" };
  if (asked === undefined || asked === "cpu") return { device: "cpu" };
  if (asked === "cuda") return { device: asked };
  try {
    const { name, hardware } = await find();
    if (asked === "auto" && !hardware) return { device: "cpu" };
    return { device: "webgpu", adapter: name };
  } catch (error) {
    if (asked === "auto" && error instanceof DeviceError) return { device: "cpu" };
    throw error;
  }
}

/** Opens the engine; its library is loaded only now. */
export async function openBackend(spec: EngineSpec): Promise<Backend> {
  if (spec.backend === "tfjs") return openTfjs(spec);
  const { device, adapter, threads, sessions } = spec;
  const backend = await onnxBackend({
    device: device === "auto" ? "cpu" : device,
    threads,
    sessions,
  });
  return { ...backend, adapter: adapter ?? backend.adapter };
}

/** What of CUDA's results a reader has to know: ONNX Runtime's package for Node cannot turn TensorFloat-32 off. */
export const cudaPrecision = "float32 products in TensorFloat-32 on GPUs since Ampere";

/** "cpu", "webgpu (NVIDIA GeForce RTX 4090)", "cuda (float32 products in TensorFloat-32 on GPUs since Ampere)" */
export function deviceOf({ device, adapter }: Pick<Backend, "device" | "adapter">): string {
  if (device === "cuda") return `cuda (${cudaPrecision})`;
  return adapter === undefined ? device : `${device} (${adapter})`;
}

/** "onnxruntime-node 1.30.0, cpu" */
export function engineName(backend: Pick<Backend, "name" | "device" | "adapter">): string {
  return `${backend.name}, ${deviceOf(backend)}`;
}

/** "onnx" or "tfjs": the backend that an engine belongs to. */
export function backendOfEngine({ name }: Backend): BackendName {
  return name.startsWith("@tensorflow/") ? "tfjs" : "onnx";
}
