/**
 * @file Which GPU the WebGPU device uses. ONNX Runtime for Node does not report it, but the Vulkan loader logs it to
 * standard error when VK_LOADER_DEBUG is set.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { moduleBeside } from "@mvt/common";
import { DeviceError } from "./device-error.ts";

export interface Adapter {
  /** The driver's name for it: "NVIDIA GeForce RTX 4090". Unknown if the driver is not a Vulkan driver. */
  readonly name?: string;
  /** True for a GPU; false for a driver that computes on the CPU, which is far slower than the device cpu. */
  readonly hardware: boolean;
}

/** Opens the device in another process and reports what it is. Throws DeviceError if there is none. */
export async function findAdapter(): Promise<Adapter> {
  const probe = moduleBeside(import.meta.url, "adapter-probe");
  const log = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, VK_LOADER_DEBUG: "all" };
    execFile(
      process.execPath,
      [fileURLToPath(probe)],
      { env, maxBuffer: 2 ** 26 },
      (error, _stdout, stderr) => (error === null ? resolve(stderr) : reject(missing(stderr))),
    );
  });
  return adapterIn(log);
}

/** Reads the adapter from a log of the Vulkan loader. Without a name, it counts as hardware only on macOS. */
export function adapterIn(log: string, platform: NodeJS.Platform = process.platform): Adapter {
  // [Vulkan Loader] DRIVER:   Using "SwiftShader Device (Subzero)" with driver: "/usr/lib/libvk_swiftshader.so"
  const name = /Using "(.+)" with driver: /.exec(log)?.[1];
  return name === undefined
    ? { hardware: platform === "darwin" }
    : { name, hardware: !/swiftshader|llvmpipe|lavapipe|softpipe/i.test(name) };
}

/** The error of the other process, without its stack. */
function missing(stderr: string): Error {
  const message = /^DeviceError: (.+)$/m.exec(stderr)?.[1];
  return message === undefined
    ? new Error(`the search for a WebGPU adapter failed: ${stderr.slice(-2000)}`)
    : new DeviceError(message);
}
