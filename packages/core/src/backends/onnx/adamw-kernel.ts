/**
 * @file AdamW on the CPU: parameters, gradients and moments side by side in one memory, updated in place in
 * one SIMD pass, of which every thread can take a share.
 */
import { readFileSync } from "node:fs";
import { inputOf } from "../../program/program.ts";
import type { AdamWUpdate } from "../../program/program.ts";
import { sizeOf } from "../../tensor.ts";
import type { MemoryLayout, SharedMemory, Span } from "./shared-memory.ts";

// TypeScript declares WebAssembly only with the browser's library; this is the part used here.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** Addresses in bytes, n in floats: see adamw.wat. */
interface Wasm {
  readonly add: (x: number, y: number, n: number) => void;
  readonly squares: (x: number, n: number) => number;
  /** p, g, m, v, n, scale, β₁, 1 - β₁, β₂, 1 - β₂, keep, stepSize, root, ε */
  readonly adamw: (...args: readonly number[]) => void;
}

/** Where a parameter and what belongs to it lie. */
export interface ParameterSpans {
  readonly name: string;
  readonly weightDecay: number;
  readonly parameter: Span;
  readonly m: Span;
  readonly v: Span;
  /** One from each replica; the first takes their sum. */
  readonly gradients: readonly Span[];
}

/** All that an update needs but the values: plain data. */
export interface AdamWPlan extends Pick<AdamWUpdate, "beta1" | "beta2" | "epsilon"> {
  readonly parameters: readonly ParameterSpans[];
}

export interface StepFeeds {
  readonly learningRate: number;
  /** 1 at the first step. */
  readonly step: number;
  /** A factor on every gradient. */
  readonly gradientScale: number;
}

/** Thread `index` of `of`, which takes as many of every parameter's elements as the others. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export function planAdamW(update: AdamWUpdate, layout: MemoryLayout, replicas: number): AdamWPlan {
  const { beta1, beta2, epsilon } = update;
  const parameters = update.parameters.map(({ parameter, weightDecay }): ParameterSpans => {
    const { name, shape } = inputOf(parameter);
    const reserve = () => layout.reserve({ shape, dtype: "float32" });
    const gradients = Array.from({ length: replicas }, reserve);
    return { name, weightDecay, parameter: reserve(), m: reserve(), v: reserve(), gradients };
  });
  return { beta1, beta2, epsilon, parameters };
}

export type AdamWKernel = ReturnType<typeof openAdamW>;

/** The kernel on a memory. What it does, it does to its share. */
export function openAdamW(
  memory: SharedMemory,
  { beta1, beta2, epsilon, parameters }: AdamWPlan,
  share: Share,
) {
  const compiled = new WebAssembly.Module(readFileSync(new URL("adamw.wasm", import.meta.url)));
  const { exports } = new WebAssembly.Instance(compiled, { host: { memory } });
  const wasm = exports as Wasm;
  const slices = parameters.map((spans) => {
    const { from, n } = sliceOf(sizeOf(spans.parameter.shape), share);
    const address = ({ at }: Span) => at + from * 4;
    const { weightDecay, parameter, m, v, gradients } = spans;
    return {
      n,
      weightDecay,
      p: address(parameter),
      m: address(m),
      v: address(v),
      g: address(gradients[0]!),
      others: gradients.slice(1).map(address),
    };
  });
  const gather = ({ g, others, n }: (typeof slices)[number]) => {
    for (const other of others) wasm.add(g, other, n);
  };
  return {
    /** Adds the replicas' gradients up; returns the sum's Σ g². */
    gatherSquares(): number {
      let total = 0;
      for (const slice of slices) {
        gather(slice);
        total += wasm.squares(slice.g, slice.n);
      }
      return total;
    },
    /** One step, from gradients that are added up already or are to be. */
    step({ learningRate, step, gradientScale }: StepFeeds, { gathered = false } = {}) {
      const stepSize = learningRate / (1 - beta1 ** step);
      const root = 1 / Math.sqrt(1 - beta2 ** step);
      const decays = [beta1, 1 - beta1, beta2, 1 - beta2];
      for (const slice of slices) {
        if (!gathered) gather(slice);
        const { p, g, m, v, n, weightDecay } = slice;
        const keep = 1 - learningRate * weightDecay;
        wasm.adamw(p, g, m, v, n, gradientScale, ...decays, keep, stepSize, root, epsilon);
      }
    },
  };
}

/** So many floats in whole SIMD registers; what is left of a cache line absorbs the rest. */
const lanes = (n: number) => Math.ceil(n / 4) * 4;

/** Elements `from` to `from + n`, on borders of cache lines. */
function sliceOf(size: number, { index, of }: Share) {
  const border = (i: number) => Math.min(Math.ceil((size * i) / of / 16) * 16, lanes(size));
  const from = border(index);
  return { from, n: border(index + 1) - from };
}
