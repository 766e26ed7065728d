/** @file One of the sessions that compute parts of a batch side by side, and its share of the optimiser's work. */
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { sumBefore } from "./accumulated-outputs.ts";
import { openAdamW } from "./adamw-kernel.ts";
import type { AdamWPlan, Share, StepFeeds } from "./adamw-kernel.ts";
import { createSession } from "./session.ts";
import { viewOf } from "./shared-memory.ts";
import type { SharedMemory, Span } from "./shared-memory.ts";
import { runUnreturned } from "./unreturned-outputs.ts";

type Spans = Readonly<Record<string, Span>>;

/** Everything that a replica is made from: plain data, fit for another thread. */
export interface ReplicaPlan {
  /** An ONNX model of one part. */
  readonly model: Uint8Array;
  readonly memory: SharedMemory;
  readonly share: Share;
  readonly threads?: number;
  readonly profile?: string;
  /** What the session reads: feeds and state. */
  readonly inputs: Spans;
  /** What it writes but gradients. */
  readonly outputs: Spans;
  readonly gradients: Spans;
  readonly adamw?: AdamWPlan;
  /** Whether the model adds to the gradients that are there: see `accumulated-outputs.ts`. */
  readonly accumulates: boolean;
}

export interface Replica {
  /** Computes a part whose feeds stand in the memory; its gradients add to those since a part that began `afresh`. */
  run(options: { readonly afresh: boolean }): Promise<void>;
  /** Adds all replicas' gradients up; returns Σ g². Of its share, as `step`. */
  gatherSquares(): Promise<number>;
  step(feeds: StepFeeds, options: { readonly gathered: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** A replica in this thread. */
export async function openReplica(plan: ReplicaPlan): Promise<Replica> {
  const ort = await import("onnxruntime-node");
  const { memory, share, threads, profile, gradients, adamw, accumulates } = plan;
  const session = await createSession(ort, plan.model, {
    ...(threads === undefined ? {} : { threads }),
    ...(profile === undefined ? {} : { profile }),
  });
  const kernel = adamw && openAdamW(memory, adamw, share);

  const wrap = (span: Span) =>
    new ort.Tensor(span.dtype, viewOf(memory, span) as Float32Array, span.shape);
  const wrapAll = (spans: Spans, names: readonly string[]): Record<string, OrtTensor> =>
    Object.fromEntries(names.map((name) => [name, wrap(spans[name]!)]));
  const sums: Spans = Object.fromEntries(
    Object.entries(gradients).map(([name, span]) => [sumBefore(name), span]),
  );
  const feeds = wrapAll({ ...plan.inputs, ...sums }, session.inputNames);
  const written = { ...plan.outputs, ...gradients };
  const outputs = wrapAll(written, Object.keys(written));

  return {
    async run({ afresh }) {
      if (accumulates && afresh) {
        for (const span of Object.values(gradients)) viewOf(memory, span).fill(0);
      }
      await runUnreturned(session, feeds, outputs);
    },
    gatherSquares: async () => kernel!.gatherSquares(),
    step: async (stepFeeds, options) => kernel!.step(stepFeeds, options),
    async close() {
      if (profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
}
