/** @file An ONNX Runtime session on the shared memory, with a thread's slice of the optimiser's work. */
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { sumBefore } from "./accumulated-outputs.ts";
import { openAdamW } from "./adamw-kernel.ts";
import type { AdamWPlan, AdamWStep, SliceIndex } from "./adamw-kernel.ts";
import { loadOnnxRuntime } from "./load-onnxruntime.ts";
import { createSession } from "./session.ts";
import { viewOf } from "./shared-memory.ts";
import type { MemorySlice, SharedMemory } from "./shared-memory.ts";
import { runUnreturned } from "./unreturned-outputs.ts";

type Slices = Readonly<Record<string, MemorySlice>>;

/** What a session is made from: plain data, so that another thread can open it. */
export interface HostSessionPlan {
  /** An ONNX model with unreturned outputs. */
  readonly model: Uint8Array;
  readonly memory: SharedMemory;
  /** Threads inside an operator. Default: what ONNX Runtime chooses. */
  readonly threads?: number;
  /** See `OnnxOptions`. */
  readonly profile?: string;
  /** What the session reads: feeds and state. */
  readonly inputs: Slices;
  /** What it writes, except gradients. */
  readonly outputs: Slices;
  readonly gradients: Slices;
  /** Whether the model adds to the gradients in the memory: see `accumulated-outputs.ts`. */
  readonly accumulates: boolean;
  /** The update that this session's thread takes its slice of. */
  readonly adamw?: { readonly plan: AdamWPlan; readonly slice: SliceIndex };
}

export interface HostSession {
  /** Computes a micro-batch from the feeds in the memory. The `first` of a batch begins the sums of gradients anew. */
  run(options: { readonly first: boolean }): Promise<void>;
  /** See `AdamWKernel`. */
  addGradients(): Promise<number>;
  /** See `AdamWKernel`. */
  update(step: AdamWStep): Promise<void>;
  /** See `AdamWKernel`. */
  ascend(distance: number): Promise<void>;
  close(): Promise<void>;
}

/** A session that computes in this thread. */
export async function openHostSession(plan: HostSessionPlan): Promise<HostSession> {
  const ort = await loadOnnxRuntime();
  const { memory, threads, profile, gradients, adamw, accumulates } = plan;
  const session = await createSession(ort, plan.model, { threads, profile });
  const kernel = adamw && openAdamW(memory, adamw.plan, adamw.slice);

  const wrap = (slice: MemorySlice) =>
    new ort.Tensor(slice.dtype, viewOf(memory, slice) as Float32Array, slice.shape);
  const wrapAll = (slices: Slices, names: readonly string[]): Record<string, OrtTensor> =>
    Object.fromEntries(names.map((name) => [name, wrap(slices[name]!)]));
  const sums: Slices = Object.fromEntries(
    Object.entries(gradients).map(([name, slice]) => [sumBefore(name), slice]),
  );
  const feeds = wrapAll({ ...plan.inputs, ...sums }, session.inputNames);
  const written = { ...plan.outputs, ...gradients };
  const outputs = wrapAll(written, Object.keys(written));

  return {
    async run({ first }) {
      if (accumulates && first) {
        for (const slice of Object.values(gradients)) viewOf(memory, slice).fill(0);
      }
      await runUnreturned(session, feeds, outputs);
    },
    addGradients: async () => kernel!.addGradients(),
    update: async (step) => kernel!.update(step),
    ascend: async (distance) => kernel!.ascend(distance),
    async close() {
      if (profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
}
