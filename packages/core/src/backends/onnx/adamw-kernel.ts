/**
 * @file AdamW on the CPU as a fused kernel: parameters, gradients and moments lie in one memory and are updated in
 * place in one SIMD pass. Every thread updates a slice of each parameter.
 */
import { readFileSync } from "node:fs";
import type { FusedAdamW, FusedParameter, FusedState } from "../../optim/adamw.ts";
import { sizeOf } from "../../tensor.ts";
import { sharesMemory } from "./shared-memory.ts";
import type { MemoryLayout, MemorySlice, SharedMemory } from "./shared-memory.ts";

// TypeScript declares WebAssembly only with the browser's library; this is the part used here.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** Addresses in bytes, n in floats: see adamw.wat. */
interface Wasm {
  readonly add: (x: number, y: number, n: number) => void;
  /** out, x, y, n, a, b: out = a x + b y */
  readonly blend: (...args: readonly number[]) => void;
  readonly squares: (x: number, n: number) => number;
  /** p, g, m, v, n, scale, β₁, 1 - β₁, β₂, 1 - β₂, keep, stepSize, root, ε */
  readonly adamw: (...args: readonly number[]) => void;
}

/** Where a parameter, its state and its gradients lie. */
export interface ParameterMemory
  extends FusedState<MemorySlice>, Pick<FusedParameter, "weightDecay" | "rate"> {
  /** One from each session; the kernel adds them up in the first. */
  readonly gradients: readonly MemorySlice[];
}

/** What the kernel knows of an update before the first step: plain data. */
export interface AdamWPlan extends Pick<
  FusedAdamW,
  "beta1" | "beta2" | "epsilon" | "averageDecay"
> {
  readonly parameters: readonly ParameterMemory[];
}

/** What a step is given. */
export interface AdamWStep {
  readonly learningRate: number;
  /** 1 at the first step. */
  readonly step: number;
  /** A factor on every gradient. */
  readonly gradientScale: number;
  /** Whether `addGradients` has run since the gradients were computed. */
  readonly gradientsAdded: boolean;
}

/** One of `of` slices of equal size, which thread `index` updates. */
export interface SliceIndex {
  readonly index: number;
  readonly of: number;
}

/** Reserves memory for parameters, their state, and their gradients in each of so many sessions. */
export function planAdamW(fused: FusedAdamW, layout: MemoryLayout, sessions: number): AdamWPlan {
  const { beta1, beta2, epsilon, averageDecay } = fused;
  const parameters = fused.parameters.map(
    ({ parameter, weightDecay, rate, average, point }): ParameterMemory => {
      const { shape } = parameter;
      const reserve = () => layout.reserve({ shape, dtype: "float32" });
      const gradients = Array.from({ length: sessions }, reserve);
      const state = { parameter: reserve(), m: reserve(), v: reserve() };
      const others = { average: average && reserve(), point: point && reserve() };
      return { weightDecay, rate, ...state, ...others, gradients };
    },
  );
  return { beta1, beta2, epsilon, averageDecay, parameters };
}

export interface AdamWKernel {
  /** Adds the sessions' gradients up; returns Σ g² of the sum. Of its slice, as `update`. */
  addGradients(): number;
  update(step: AdamWStep): void;
  /** SAM's ascent, after `addGradients`: w ← p + distance g. */
  ascend(distance: number): void;
}

/** The kernel on a memory, for one thread's slice of every parameter. */
export function openAdamW(
  memory: SharedMemory,
  { beta1, beta2, epsilon, averageDecay, parameters }: AdamWPlan,
  slice: SliceIndex,
): AdamWKernel {
  const file = sharesMemory ? "adamw.wasm" : "adamw-unshared.wasm";
  const compiled = new WebAssembly.Module(readFileSync(new URL(file, import.meta.url)));
  const { exports } = new WebAssembly.Instance(compiled, { host: { memory } });
  const wasm = exports as Wasm;
  const slices = parameters.map(({ parameter, gradients, weightDecay, rate, ...state }) => {
    const { m, v, average, point } = state;
    const { from, n } = elementsOf(sizeOf(parameter.shape), slice);
    const address = ({ at }: MemorySlice) => at + from * 4;
    return {
      n,
      weightDecay,
      rate,
      p: address(parameter),
      m: address(m),
      v: address(v),
      e: average && address(average),
      w: point && address(point),
      g: address(gradients[0]!),
      others: gradients.slice(1).map(address),
    };
  });
  const floats = new Float32Array(memory.buffer);
  const copy = (to: number, from: number, n: number) =>
    floats.copyWithin(to / 4, from / 4, from / 4 + n);
  const addUp = ({ g, others, n }: (typeof slices)[number]) => {
    for (const other of others) wasm.add(g, other, n);
  };
  return {
    addGradients() {
      let total = 0;
      for (const part of slices) {
        addUp(part);
        total += wasm.squares(part.g, part.n);
      }
      return total;
    },
    update({ learningRate, step, gradientScale, gradientsAdded }) {
      const correction = 1 - beta1 ** step;
      const root = 1 / Math.sqrt(1 - beta2 ** step);
      const decays = [beta1, 1 - beta1, beta2, 1 - beta2];
      for (const part of slices) {
        if (!gradientsAdded) addUp(part);
        const { p, g, m, v, e, w, n, weightDecay, rate } = part;
        const keep = 1 - learningRate * rate * weightDecay;
        const stepSize = (learningRate * rate) / correction;
        wasm.adamw(p, g, m, v, n, gradientScale, ...decays, keep, stepSize, root, epsilon);
        if (e !== undefined) wasm.blend(e, e, p, n, averageDecay!, 1 - averageDecay!);
        if (w !== undefined) copy(w, p, n);
      }
    },
    ascend(distance) {
      for (const { w, p, g, n } of slices) wasm.blend(w!, p, g, n, 1, distance);
    },
  };
}

/** The number of floats in whole SIMD registers; the rest of the last one lies in the array's cache line. */
const lanes = (n: number) => Math.ceil(n / 4) * 4;

/** Elements `from` to `from + n`: slices begin at cache lines. */
function elementsOf(size: number, { index, of }: SliceIndex) {
  const border = (i: number) => Math.min(Math.ceil((size * i) / of / 16) * 16, lanes(size));
  const from = border(index);
  return { from, n: border(index + 1) - from };
}
