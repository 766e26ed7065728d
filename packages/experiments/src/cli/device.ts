/** @file What `--device` stands for on this machine. */
import { DeviceError, findAdapter } from "@mvt/core";
import type { Adapter } from "@mvt/core";
import type { EngineSpec } from "../engine.ts";

export const deviceNames = ["auto", "cpu", "webgpu", "cuda"] as const;
export type DeviceName = (typeof deviceNames)[number];

export type Device = Pick<EngineSpec, "device" | "adapter">;

/**
 * The device of the flag. `auto` is webgpu where its adapter is a chip, else cpu; webgpu by name also takes
 * an adapter that computes on the CPU, and throws DeviceError where there is none. Only by name: cuda.
 */
export async function chooseDevice(
  asked: DeviceName,
  find: () => Promise<Adapter> = findAdapter,
): Promise<Device> {
  if (asked === "cpu" || asked === "cuda") return { device: asked };
  try {
    const { name, hardware } = await find();
    if (asked === "auto" && !hardware) return { device: "cpu" };
    return { device: "webgpu", ...(name === undefined ? {} : { adapter: name }) };
  } catch (error) {
    if (asked === "auto" && error instanceof DeviceError) return { device: "cpu" };
    throw error;
  }
}
