/**
 * @file One memory for all arrays that a program on the CPU lives on, laid out before it is made. Threads share
 * it, WebAssembly computes in it, and ONNX Runtime reads and writes it through views.
 */
import type { Feed } from "../../program/program.ts";
import { sizeOf } from "../../tensor.ts";
import type { DType, Shape } from "../../tensor.ts";

// TypeScript declares WebAssembly only with the browser's library; this is the part used here.
declare const WebAssembly: {
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: boolean;
  }) => SharedMemory;
};

/** A `WebAssembly.Memory` that can be sent to worker threads. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Where an array lies: plain data. */
export interface Span {
  /** In bytes. */
  readonly at: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

const pageBytes = 65_536;
const mostPages = 65_536; // 4 GiB
/** Arrays begin on cache lines; up to the next line a kernel may write past an array's end. */
const alignment = 64;

export class MemoryLayout {
  #bytes = 0;

  reserve({ shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): Span {
    const at = this.#bytes;
    const bytes = sizeOf(shape) * (dtype === "float32" || dtype === "int32" ? 4 : 1);
    this.#bytes += Math.ceil(bytes / alignment) * alignment;
    return { at, shape, dtype };
  }

  /** The memory, zeros all over. Throws RangeError where more than 4 GiB were reserved. */
  allocate(): SharedMemory {
    const initial = Math.ceil(this.#bytes / pageBytes) + 1;
    return new WebAssembly.Memory({ initial, maximum: mostPages, shared: true });
  }
}

/** The array itself. */
export function viewOf({ buffer }: SharedMemory, span: Span): Feed {
  const [at, n] = [span.at, sizeOf(span.shape)];
  if (span.dtype === "float32") return new Float32Array(buffer, at, n);
  if (span.dtype === "int32") return new Int32Array(buffer, at, n);
  return new Uint8Array(buffer, at, n);
}
