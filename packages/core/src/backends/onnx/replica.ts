/** @file One of the sessions that compute parts of a batch side by side, and its share of the optimiser's work. */
import type { Tensor as OrtTensor } from "onnxruntime-node";
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
  readonly adamw?: AdamWPlan;
  /** The names of the gradients in the model, in the order of the plan's parameters. */
  readonly gradientNames: readonly string[];
  /** Where the gradients of further parts are written, before they are added up; absent where there are none. */
  readonly further?: readonly Span[];
}

export interface Replica {
  /** Computes a part whose feeds stand in the memory; `further`: adds its gradients to those that are there. */
  run(further: boolean): Promise<void>;
  /** Adds all replicas' gradients up; returns Σ g². Of its share, as `step`. */
  gatherSquares(): Promise<number>;
  step(feeds: StepFeeds, options: { readonly gathered: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** A replica in this thread. */
export async function openReplica(plan: ReplicaPlan): Promise<Replica> {
  const ort = await import("onnxruntime-node");
  const { memory, share, threads, profile, adamw, gradientNames, further } = plan;
  const session = await createSession(ort, plan.model, {
    ...(threads === undefined ? {} : { threads }),
    ...(profile === undefined ? {} : { profile }),
  });
  const kernel = adamw && openAdamW(memory, adamw, share);

  const wrap = (span: Span) =>
    new ort.Tensor(span.dtype, viewOf(memory, span) as Float32Array, span.shape);
  const wrapAll = (spans: Spans, names: readonly string[]): Record<string, OrtTensor> =>
    Object.fromEntries(names.map((name) => [name, wrap(spans[name]!)]));
  const feeds = wrapAll(plan.inputs, session.inputNames);
  const outputs = wrapAll(plan.outputs, Object.keys(plan.outputs));
  const gradients = adamw?.parameters.map((spans) => spans.gradients[share.index]!) ?? [];
  const named = (spans: readonly Span[]): Spans =>
    Object.fromEntries(spans.map((span, i) => [gradientNames[i]!, span]));
  const fetchesInto = (spans: readonly Span[]) => ({
    ...outputs,
    ...wrapAll(named(spans), spans.length === 0 ? [] : gradientNames),
  });
  const first = fetchesInto(gradients);
  const others = further && fetchesInto(further);

  return {
    async run(isFurther) {
      const apart = isFurther ? others : undefined;
      await runUnreturned(session, feeds, apart ?? first);
      if (apart === undefined) return;
      for (const [i, span] of gradients.entries()) kernel!.accumulate(span, further![i]!);
    },
    gatherSquares: async () => kernel!.gatherSquares(),
    step: async (stepFeeds, options) => kernel!.step(stepFeeds, options),
    async close() {
      if (profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
}
