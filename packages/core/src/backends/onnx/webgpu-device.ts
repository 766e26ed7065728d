/** @file The WebGPU device of this thread: opened once and kept open. */
import type { InferenceSession } from "onnxruntime-node";
import { cast, neg } from "../../ops/elementwise.ts";
import { input } from "../../ops/sources.ts";
import { DeviceError } from "./device-error.ts";
import { openSession, wrap } from "./session.ts";
import type { Ort } from "./session.ts";

let kept: InferenceSession | undefined;

/**
 * Opens the device, or throws DeviceError. ONNX Runtime drops the device and all kernels compiled for it when its last
 * session is released, so one session of a single operator is kept.
 */
export async function requireWebgpu(ort: Ort): Promise<void> {
  // The first attempt of a process may fail even if there is an adapter.
  kept ??= (await attempt(ort)) ?? (await attempt(ort));
  if (kept === undefined) {
    const advice =
      "Install the driver; on Linux also the Vulkan loader (libvulkan.so.1, Debian's libvulkan1), and if VK_DRIVER_FILES " +
      "is set, see that it names the driver's manifest. Or compute on the device cpu.";
    throw new DeviceError(
      "device webgpu: expected a GPU with a Vulkan, Metal or Direct3D 12 driver, found none",
      { advice },
    );
  }
}

async function attempt(ort: Ort): Promise<InferenceSession | undefined> {
  try {
    return (await openSession(ort, [neg(input("x", [1]))], { device: "webgpu" })).session;
  } catch (error) {
    if (error instanceof Error && /Failed to get a WebGPU (adapter|device)/.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}

/** Whether the device has 16-bit floats (WebGPU's feature shader-f16). Runs an operator on one to find out. */
export async function computesFloat16(ort: Ort): Promise<boolean> {
  const x = input("x", [1]);
  const y = cast(neg(cast(x, "float16")), "float32");
  const { session } = await openSession(ort, [y], { device: "webgpu" });
  try {
    const feeds = { x: wrap(ort, Float32Array.of(1), x.shape, "float32") };
    await session.run(feeds, { logSeverityLevel: 4 }); // a refusal is expected, so it is not printed
    return true;
  } catch (error) {
    // Program Cast requires f16 but the device does not support it.
    if (error instanceof Error && /requires f16/.test(error.message)) return false;
    throw error;
  } finally {
    await session.release();
  }
}
