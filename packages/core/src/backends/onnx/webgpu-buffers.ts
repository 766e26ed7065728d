/** @file Whether a WebGPU device has buffers as large as a program's tensors; found out before the program runs. */
import { exp } from "../../ops/elementwise.ts";
import { sum } from "../../ops/reduction.ts";
import { broadcastTo } from "../../ops/shape.ts";
import { input } from "../../ops/sources.ts";
import { formatShape, sizeOf } from "../../tensor.ts";
import type { GraphNode, Tensor } from "../../tensor.ts";
import { elementSizes } from "../../weights/element.ts";
import { DeviceError } from "./device-error.ts";
import { openSession, wrap } from "./session.ts";
import type { Ort } from "./session.ts";

/** Bytes of a buffer that every device grants: WebGPU's default for maxStorageBufferBindingSize. */
const granted = 128 * 2 ** 20;

/** How Dawn and ONNX Runtime say so; the last where a tensor would have to lie in more buffers than a shader may read. */
const refusal = /Invalid Buffer|failed to allocate|Too many storage buffers/i;

/**
 * Throws DeviceError if the device refuses a buffer for the largest tensor of the graph. ONNX Runtime for Node does not
 * tell the device's limits, so a buffer of that size is asked for, by a graph that has nothing else.
 */
export async function requireBuffers(ort: Ort, nodes: readonly GraphNode[]): Promise<void> {
  const sizes = nodes
    .flatMap(({ outputs }): readonly Tensor[] => outputs)
    .map((x) => ({ shape: x.shape, bytes: sizeOf(x.shape) * elementSizes[x.dtype] }));
  const [largest] = sizes.toSorted((a, b) => b.bytes - a.bytes);
  if (largest === undefined || largest.bytes <= granted) return;
  if (await grants(ort, largest.bytes)) return;
  const mebibytes = Math.ceil(largest.bytes / 2 ** 20);
  throw new DeviceError(
    `device webgpu: expected buffers of ${mebibytes} MiB, for a tensor of shape ${formatShape(largest.shape)}, got a GPU that allows smaller ones only`,
    { advice: "Compute in smaller batches, or on the device cpu." },
  );
}

async function grants(ort: Ort, bytes: number): Promise<boolean> {
  const x = input("x", [1, 1024]);
  const large = exp(broadcastTo(x, [Math.ceil(bytes / 4 / 1024), 1024]));
  const { session } = await openSession(ort, [sum(large, [0])], { device: "webgpu" });
  try {
    const feeds = { x: wrap(ort, new Float32Array(1024), x.shape, "float32") };
    await session.run(feeds, { logSeverityLevel: 4 }); // a refusal is expected, so it is not printed
    return true;
  } catch (error) {
    if (error instanceof Error && refusal.test(error.message)) return false;
    throw error;
  } finally {
    await session.release();
  }
}
