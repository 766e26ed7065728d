/** @file The tfjs backend as the command line names it, and what to do where it cannot be had. */
import { resolve } from "node:path";
import { findTfjsPackage, TfjsError, tfjsBackend, tfjsEngines } from "@mvt/core";
import type { Backend } from "@mvt/core";
import type { EngineSpec } from "./engine.ts";
import { CommandLineError, UsageError } from "./usage-error.ts";

/** Where `setup tensorflow` puts what it builds, and packages are looked for first. */
export function tensorflowFolder(): string {
  return resolve(".tensorflow");
}

/** Throws UsageError where the engine or the device is not there, CommandLineError where it never is. */
export async function openTfjs({
  device,
  tfjs: engine,
  threads,
}: Pick<EngineSpec, "device" | "tfjs" | "threads">): Promise<Backend> {
  if (device === "webgpu") {
    throw new CommandLineError(
      "--device webgpu: expected auto, cpu or cuda with --backend tfjs. `--backend onnx` computes on WebGPU.",
    );
  }
  try {
    return await tfjsBackend({
      threads,
      folder: tensorflowFolder(),
      ...(engine === undefined ? {} : { engine }),
      ...(device === "auto" ? {} : { device }),
    });
  } catch (error) {
    if (!(error instanceof TfjsError)) throw error;
    const advice =
      device === "cuda"
        ? "`pnpm exp setup tensorflow --gpu` builds it; docs/guides/tensorflow.md says what else CUDA needs."
        : "Reinstall with `npx -y pnpm@12 install --force`.";
    throw new UsageError(`${error.message}. ${advice}`);
  }
}

/** One line for each package of TensorFlow.js: what is there, and what is missing. */
export function tfjsFindings(): readonly (readonly [name: string, found: string])[] {
  return tfjsEngines.map((engine) => {
    const { name, installed } = findTfjsPackage(engine, tensorflowFolder());
    const setup = `\`pnpm exp setup tensorflow${engine === "node-gpu" ? " --gpu" : ""}\``;
    if (installed === undefined) {
      return [name, `not installed (optional${engine.startsWith("node") ? `: ${setup}` : ""})`];
    }
    const { version, complete } = installed;
    return [name, complete ? version : `${version}, without its native addon: ${setup}`];
  });
}
