/** @file An ONNX Runtime session for a program's results, and what it is fed. */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { feedOf } from "../../program/checks.ts";
import { inputOf } from "../../program/program.ts";
import type { Feed, Feeds } from "../../program/program.ts";
import { simplify } from "../../program/simplify.ts";
import type { InputType, Shape, Tensor } from "../../tensor.ts";
import { cpuForm } from "./cpu-encoders.ts";
import { cudaForm } from "./cuda-encoders.ts";
import { encode } from "./encode.ts";
import type { Form } from "./encoding.ts";
import { webgpuForm } from "./webgpu-encoders.ts";

export type Ort = typeof import("onnxruntime-node");

/** Where ONNX Runtime computes. */
export const onnxDevices = ["cpu", "webgpu", "cuda"] as const;
export type OnnxDevice = (typeof onnxDevices)[number];

export interface OnnxOptions {
  /** Default: "cpu". */
  readonly device?: OnnxDevice;
  /** Threads inside an operator. Default: what ONNX Runtime chooses, one per physical core. */
  readonly threads?: number;
  /** The most sessions that compute parts of a batch at once, on the CPU. Default: one per thread, at most four. */
  readonly sessions?: number;
  /** Write ONNX Runtime's profile of every run to files that begin with this path. */
  readonly profile?: string;
}

export interface OpenedSession {
  readonly session: InferenceSession;
  /** The names of the results, in order. */
  readonly resultNames: readonly string[];
}

/** `onDevice`: which results stay on the device, by position; all others come to the host. */
export async function openSession(
  ort: Ort,
  results: readonly Tensor[],
  options: OnnxOptions,
  onDevice: (result: number) => boolean = () => false,
): Promise<OpenedSession> {
  const { device = "cpu" } = options;
  const { form } = devices[device];
  const { model, resultNames } = encode(simplify(results, form.decompositions), form);
  const stay = resultNames.filter((_, i) => onDevice(i));
  return { session: await createSession(ort, model, options, stay), resultNames };
}

/** `stay`: the names of the outputs that stay on the device. */
export async function createSession(
  ort: Ort,
  model: Uint8Array,
  { device = "cpu", threads, profile }: OnnxOptions,
  stay: readonly string[] = [],
): Promise<InferenceSession> {
  return ort.InferenceSession.create(model, {
    executionProviders: [devices[device].provider],
    // The encoders write what the CPU has kernels for. Rewritten nodes lose their place in the order of execution:
    // gradients come last, and keep all activations that are computed again for them.
    graphOptimizationLevel: device === "cpu" ? "disabled" : "all",
    // Plans one slab for all activations: no faster, and a third more memory.
    enableMemPattern: false,
    // Errors alone: it warns of every node that runs on the host, which `operatorsOnHost` tells in full.
    ...(device === "cpu" ? {} : { logSeverityLevel: 3 as const }),
    ...(stay.length === 0
      ? {}
      : { preferredOutputLocation: Object.fromEntries(stay.map((name) => [name, "gpu-buffer"])) }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  });
}

export const devices: Readonly<
  Record<OnnxDevice, { provider: InferenceSession.ExecutionProviderConfig; form: Form }>
> = {
  cpu: { provider: "cpu", form: cpuForm },
  // Every shape is fixed: buffers come back in the very sizes that they were asked for.
  webgpu: { provider: { name: "webgpu", storageBufferCacheMode: "simple" }, form: webgpuForm },
  cuda: { provider: "cuda", form: cudaForm },
};

/** A host array as ONNX Runtime takes it. */
export function wrap(ort: Ort, data: Feed, shape: Shape, dtype: InputType): OrtTensor {
  return new ort.Tensor(dtype, data as Float32Array, shape);
}

/** Checks what every run is fed, and wraps what the session reads of it. */
export function createFeeder(
  ort: Ort,
  { inputNames }: InferenceSession,
  inputs: readonly Tensor[],
) {
  const fed = inputs.map(inputOf);
  const used = new Set(inputNames);
  return (given: Feeds): Record<string, OrtTensor> => {
    const feeds: Record<string, OrtTensor> = {};
    for (const fedInput of fed) {
      const { name, shape, dtype } = fedInput;
      const data = feedOf(given, fedInput);
      if (used.has(name)) feeds[name] = wrap(ort, data, shape, dtype);
    }
    return feeds;
  };
}
