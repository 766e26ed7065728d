/** @file The CUDA device. The npm package of ONNX Runtime does not contain its provider for CUDA. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { reasonOf } from "@mvt/common";
import { neg } from "../../ops/elementwise.ts";
import { input } from "../../ops/sources.ts";
import { DeviceError } from "./device-error.ts";
import type { Ort } from "./session.ts";

/** Why the CUDA provider cannot be loaded here, and what to do; undefined if its library is there. */
export function missingCuda(platform = `${process.platform}-${process.arch}`): string | undefined {
  if (platform !== "linux-x64") {
    return `device cuda: expected Linux on x64, for which ONNX Runtime has a CUDA provider, found ${platform}. The device webgpu works here too.`;
  }
  const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  const library = join(folder, "bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so");
  if (existsSync(library)) return undefined;
  const here = (path: string) => relative(process.cwd(), path); // reports quote it, and should not contain home folders
  return `device cuda: expected ONNX Runtime's CUDA provider in ${here(library)}, found none: it is no part of the npm package. With CUDA 12 and cuDNN 9 on the machine, download it from NuGet with \`cd ${here(folder)} && node script/install.js --onnxruntime-node-install=cuda12\`. The device webgpu needs nothing but a driver.`;
}

/** Opens a session of one operator. Throws DeviceError if that fails. */
export async function requireCuda(ort: Ort): Promise<void> {
  const missing = missingCuda();
  if (missing !== undefined) throw new DeviceError(missing);
  try {
    const { openSession } = await import("./session.ts");
    const { session } = await openSession(ort, [neg(input("x", [1]))], { device: "cuda" });
    await session.release();
  } catch (error) {
    const [reason] = reasonOf(error).split("\n");
    throw new DeviceError(
      `device cuda: expected an NVIDIA GPU with its driver, CUDA 12 and cuDNN 9, but ONNX Runtime said: ${reason}`,
      { advice: "Install what it misses, or put it on LD_LIBRARY_PATH.", cause: error },
    );
  }
}
