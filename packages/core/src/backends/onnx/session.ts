/** @file How ONNX Runtime sessions are opened. */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { printNode } from "../../program/print.ts";
import type { Feed } from "../../program/program.ts";
import { simplify } from "../../program/simplify.ts";
import type { GraphNode, InputType, Shape, Tensor } from "../../tensor.ts";
import { cpuForm } from "./cpu-encoders.ts";
import { cudaForm } from "./cuda-encoders.ts";
import { encode } from "./encode.ts";
import type { Form } from "./encoding.ts";
import type { OnnxDevice, OnnxOptions } from "./options.ts";
import { webgpuForm } from "./webgpu-encoders.ts";

export type Ort = typeof import("onnxruntime-node");

export interface OpenedSession {
  readonly session: InferenceSession;
  /** The nodes that it computes. */
  readonly nodes: readonly GraphNode[];
  /** The names of the results, in order. */
  readonly resultNames: readonly string[];
}

/**
 * Opens a session that computes `results`. If ONNX Runtime refuses a node, the error shows the node of the program.
 *
 * @param onDevice which results stay on the device, by position; all others come to the host
 */
export async function openSession(
  ort: Ort,
  results: readonly Tensor[],
  options: OnnxOptions,
  onDevice: (result: number) => boolean = () => false,
): Promise<OpenedSession> {
  const { device = "cpu" } = options;
  const { form } = devices[device];
  const graph = simplify(results, form.decompositions);
  const { model, resultNames, writtenFor } = encode(graph, form);
  const stay = resultNames.filter((_, i) => onDevice(i));
  const session = await createSession(ort, model, options, stay).catch((error: unknown) => {
    throw withNode(error, writtenFor);
  });
  return { session, resultNames, nodes: graph.nodes };
}

/** ONNX Runtime's error with the node of the program that it is about, if it names a node of the model. */
export function withNode(error: unknown, writtenFor: ReadonlyMap<string, GraphNode>): unknown {
  if (!(error instanceof Error)) return error;
  const named = error.message.match(/\b[A-Z]\w*_\d+\b/g) ?? [];
  const node = named.flatMap((name) => writtenFor.get(name) ?? [])[0];
  if (node === undefined) return error;
  const message = `${error.message} It was written for ${printNode(node)}`;
  return new Error(message, { cause: error });
}

/** Opens a session of a model. `stay`: the names of the outputs that stay on the device. */
export async function createSession(
  ort: Ort,
  model: Uint8Array,
  { device = "cpu", threads, profile }: OnnxOptions,
  stay: readonly string[] = [],
): Promise<InferenceSession> {
  const session: InferenceSession.SessionOptions = {
    executionProviders: [devices[device].provider],
    // The encoders write what the CPU has kernels for. Rewriting would also change the order of execution: gradients
    // would come last, and all activations that are computed again for them would be kept until then.
    graphOptimizationLevel: device === "cpu" ? "disabled" : "all",
    // Plans one block of memory for all activations: no faster, and a third more memory.
    enableMemPattern: false,
  };
  // Only errors: it warns of every node that runs on the host, which `operatorsOnHost` lists in full.
  if (device !== "cpu") session.logSeverityLevel = 3;
  if (stay.length > 0) {
    session.preferredOutputLocation = Object.fromEntries(stay.map((name) => [name, "gpu-buffer"]));
  }
  // ONNX Runtime refuses these when they are undefined.
  if (threads !== undefined) session.intraOpNumThreads = threads;
  if (profile !== undefined) {
    session.enableProfiling = true;
    session.profileFilePrefix = profile;
  }
  return ort.InferenceSession.create(model, session);
}

export const devices: Readonly<
  Record<OnnxDevice, { provider: InferenceSession.ExecutionProviderConfig; form: Form }>
> = {
  cpu: { provider: "cpu", form: cpuForm },
  // All shapes are fixed, so released buffers have exactly the sizes that are asked for again.
  webgpu: { provider: { name: "webgpu", storageBufferCacheMode: "simple" }, form: webgpuForm },
  cuda: { provider: "cuda", form: cudaForm },
};

/** A host array as ONNX Runtime takes it. */
export function wrap(ort: Ort, data: Feed, shape: Shape, dtype: InputType): OrtTensor {
  return new ort.Tensor(dtype, data as Float32Array, shape);
}
