/** @file What `--device` stands for on this machine. */
import { DeviceError, findAdapter } from "@mvt/core";
import type { Adapter } from "@mvt/core";
import type { DeviceName, EngineSpec } from "./engine.ts";

export type Device = Pick<EngineSpec, "device" | "adapter">;

/**
 * The device of the flag, cpu if absent. `auto` is webgpu where its adapter is a chip, else cpu; webgpu by name also takes
 * an adapter that computes on the CPU, and throws DeviceError where there is none. Only by name: cuda.
 * TensorFlow.js answers for itself, `auto` if absent.
 */
export async function chooseDevice(
  asked: DeviceName | undefined,
  backend: EngineSpec["backend"],
  find: () => Promise<Adapter> = findAdapter,
): Promise<Device> {
  if (backend === "tfjs") return { device: asked ?? "auto" };
  if (asked === undefined || asked === "cpu") return { device: "cpu" };
  if (asked === "cuda") return { device: asked };
  try {
    const { name, hardware } = await find();
    if (asked === "auto" && !hardware) return { device: "cpu" };
    return { device: "webgpu", ...(name === undefined ? {} : { adapter: name }) };
  } catch (error) {
    if (asked === "auto" && error instanceof DeviceError) return { device: "cpu" };
    throw error;
  }
}
