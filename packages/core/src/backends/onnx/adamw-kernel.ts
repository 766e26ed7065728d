/**
 * @file AdamW on the CPU: parameters, gradients and moments side by side in one WebAssembly memory,
 * updated in place in one SIMD pass. ONNX Runtime reads and writes the same memory through views.
 */
import { readFileSync } from "node:fs";
import { inputOf } from "../../program/program.ts";
import type { AdamWUpdate } from "../../program/program.ts";
import { sizeOf } from "../../tensor.ts";

// TypeScript declares WebAssembly only with the browser's library; this is the part used here.
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

interface Wasm {
  /** p, g, m, v, n, scale, β₁, 1 - β₁, β₂, 1 - β₂, keep, stepSize, root, ε: see adamw.wat. */
  readonly adamw: (...args: readonly number[]) => void;
}

/** The arrays of one parameter, each a view of the shared memory. */
export interface Slot {
  readonly name: string;
  readonly parameter: Float32Array;
  readonly gradient: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export interface StepFeeds {
  readonly learningRate: number;
  /** 1 at the first step. */
  readonly step: number;
  readonly gradientScale: number;
}

const pageBytes = 65_536;
const alignment = 64; // bytes: a cache line

/** Lays out the memory for an update and returns its views and the step. */
export function adamwKernel(update: AdamWUpdate) {
  const { beta1, beta2, epsilon, parameters } = update;
  let bytes = 0;
  const allocate = (floats: number) => {
    const at = bytes;
    bytes += Math.ceil((floats * 4) / alignment) * alignment;
    return at;
  };
  const layout = parameters.map(({ parameter, weightDecay }) => {
    const { name, shape } = inputOf(parameter);
    const n = sizeOf(shape);
    const [p, g, m, v] = [allocate(n), allocate(n), allocate(n), allocate(n)];
    return { name, n, weightDecay, p, g, m, v };
  });
  const memory = new WebAssembly.Memory({
    initial: Math.ceil(bytes / pageBytes) + 1,
    maximum: 65_536,
  });
  const compiled = new WebAssembly.Module(readFileSync(new URL("adamw.wasm", import.meta.url)));
  const { adamw } = new WebAssembly.Instance(compiled, { host: { memory } }).exports as Wasm;
  const view = (at: number, n: number) => new Float32Array(memory.buffer, at, n);

  return {
    slots: layout.map(({ name, n, p, g, m, v }): Slot => ({
      name,
      parameter: view(p, n),
      gradient: view(g, n),
      m: view(m, n),
      v: view(v, n),
    })),
    /** One AdamW step on every parameter from the gradients that now stand in the memory. */
    step({ learningRate, step, gradientScale }: StepFeeds) {
      const stepSize = learningRate / (1 - beta1 ** step);
      const root = 1 / Math.sqrt(1 - beta2 ** step);
      for (const { n, p, g, m, v, weightDecay } of layout) {
        const padded = Math.ceil(n / 4) * 4; // the gap up to the next cache line absorbs the rest
        const keep = 1 - learningRate * weightDecay;
        const decays = [beta1, 1 - beta1, beta2, 1 - beta2];
        adamw(p, g, m, v, padded, gradientScale, ...decays, keep, stepSize, root, epsilon);
      }
    },
  };
}
