/**
 * @file One memory for all arrays of a program on the CPU. It is laid out before it is allocated. Threads share it,
 * WebAssembly computes in it, and ONNX Runtime reads and writes it through views.
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

/** A `WebAssembly.Memory` that can be sent to worker threads, if `sharesMemory`. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer | ArrayBuffer;
}

/** Where an array lies in a memory: plain data. */
export interface MemorySlice {
  /** The offset of its first byte. */
  readonly at: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * Whether memory that threads share can be handed to native code, as ONNX Runtime is: Node 20 refuses it. There the memory
 * belongs to one thread, which computes alone.
 */
export const sharesMemory = Number.parseInt(process.versions.node, 10) >= 22;

const pageBytes = 65_536;
const mostPages = 65_536; // 4 GiB
/** Arrays begin at multiples of a cache line. A kernel may write beyond an array's end up to the next multiple. */
const alignment = 64;

export class MemoryLayout {
  #bytes = 0;

  reserve({ shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): MemorySlice {
    const at = this.#bytes;
    const bytes = sizeOf(shape) * (dtype === "float32" || dtype === "int32" ? 4 : 1);
    this.#bytes += Math.ceil(bytes / alignment) * alignment;
    return { at, shape, dtype };
  }

  /** The memory, filled with zeros. Throws RangeError if more than 4 GiB are reserved. */
  allocate(): SharedMemory {
    const initial = Math.ceil(this.#bytes / pageBytes) + 1;
    return new WebAssembly.Memory({ initial, maximum: mostPages, shared: sharesMemory });
  }
}

/** An array of the memory, as a view. */
export function viewOf({ buffer }: SharedMemory, slice: MemorySlice): Feed {
  const [at, n] = [slice.at, sizeOf(slice.shape)];
  if (slice.dtype === "float32") return new Float32Array(buffer, at, n);
  if (slice.dtype === "int32") return new Int32Array(buffer, at, n);
  return new Uint8Array(buffer, at, n);
}
