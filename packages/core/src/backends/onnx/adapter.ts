/**
 * @file Which GPU the WebGPU device is. ONNX Runtime for Node does not tell, but the Vulkan loader does, to the
 * standard error of a process that it is asked to be talkative in.
 */
import { execFile } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { DeviceError } from "./device-error.ts";

export interface Adapter {
  /** As its driver calls it: "NVIDIA GeForce RTX 4090". Unknown where it is not a Vulkan driver. */
  readonly name?: string;
  /** A chip, and no driver that computes on the CPU, far slower than the device cpu does. */
  readonly hardware: boolean;
}

/** Opens the device once, in another process, and says what it is; DeviceError where there is none. */
export async function findAdapter(): Promise<Adapter> {
  const probe = new URL(`adapter-probe${extname(import.meta.url)}`, import.meta.url);
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

/** The adapter that a log of the Vulkan loader tells of. Without a name only Apple's are known to be hardware. */
export function adapterIn(log: string, platform: NodeJS.Platform = process.platform): Adapter {
  // [Vulkan Loader] DRIVER:   Using "SwiftShader Device (Subzero)" with driver: "/usr/lib/libvk_swiftshader.so"
  const name = /Using "(.+)" with driver: /.exec(log)?.[1];
  return name === undefined
    ? { hardware: platform === "darwin" }
    : { name, hardware: !/swiftshader|llvmpipe|lavapipe|softpipe/i.test(name) };
}

/** What the other process threw, without its stack. */
function missing(stderr: string): Error {
  const message = /^DeviceError: (.+)$/m.exec(stderr)?.[1];
  return message === undefined
    ? new Error(`the search for a WebGPU adapter failed: ${stderr.slice(-2000)}`)
    : new DeviceError(message);
}
