/** @file Opens the TensorFlow.js backend, and says what to do where it is missing. */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { CommandLineError, UserError } from "@mvt/common";
import { findTfjsPackage, TfjsError, tfjsBackend, tfjsEngines } from "@mvt/core";
import type { Backend, TfjsEngine, TfjsOptions } from "@mvt/core";
import { loadTfjsLibrary } from "@mvt/core/tfjs";
import type { TfjsLibrary } from "@mvt/core/tfjs";

/** Where `setup tensorflow` puts what it builds, and packages are looked for first. */
export function tensorflowFolder(): string {
  return resolve(".tensorflow");
}

/** What of an engine's spec TensorFlow.js reads. */
interface TfjsSpec {
  readonly device: "auto" | "cpu" | "webgpu" | "cuda";
  /** Which of its packages; the best that is installed if absent. */
  readonly tfjs?: TfjsEngine;
  readonly threads: number;
}

/** Throws UserError where the engine or the device is missing, CommandLineError where there never is one. */
export async function openTfjs(spec: TfjsSpec): Promise<Backend> {
  return withAdvice(spec, tfjsBackend);
}

/** TensorFlow.js itself, which can differentiate. Throws as `openTfjs` does. */
export async function openTfjsLibrary(spec: TfjsSpec): Promise<TfjsLibrary> {
  const library = await withAdvice(spec, loadTfjsLibrary);
  // The core alone has no gradients. The native packages bring them, for the others tf.layers registers them.
  if (library.registeredAs !== "tensorflow") {
    createRequire(import.meta.url)("@tensorflow/tfjs-layers");
  }
  return library;
}

async function withAdvice<Opened>(
  spec: TfjsSpec,
  open: (options: TfjsOptions) => Promise<Opened>,
): Promise<Opened> {
  const { device, tfjs: engine, threads } = spec;
  if (device === "webgpu") {
    throw new CommandLineError(
      "--device webgpu: expected auto, cpu or cuda with --backend tfjs. `--backend onnx` computes on WebGPU.",
    );
  }
  try {
    return await open({
      threads,
      folder: tensorflowFolder(),
      engine,
      device: device === "auto" ? undefined : device,
    });
  } catch (error) {
    if (!(error instanceof TfjsError)) throw error;
    throw new UserError(`${error.finding}. ${adviceFor(spec)}`);
  }
}

function adviceFor({ device, tfjs: engine }: TfjsSpec): string {
  if (device === "cuda") {
    return "`pnpm exp setup tensorflow --gpu` builds it; docs/guides/tensorflow.md says what else CUDA needs.";
  }
  return engine === "node"
    ? "`pnpm exp setup tensorflow` builds it."
    : "Install it: in this repository with `npx -y pnpm@12 install --force`, elsewhere with `npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu`.";
}

/** A package of TensorFlow.js. */
export interface TfjsFacts {
  readonly engine: TfjsEngine;
  readonly name: string;
  /** Absent if it is not installed. */
  readonly version?: string;
  /** Whether it is installed with its native addon. */
  readonly complete: boolean;
}

/** Which packages of TensorFlow.js are there. */
export function tfjsFacts(): readonly TfjsFacts[] {
  return tfjsEngines.map((engine) => {
    const { name, installed } = findTfjsPackage(engine, tensorflowFolder());
    return { engine, name, complete: false, ...installed };
  });
}

/** What is there of a package, or what is missing, and what to do about it. */
export function describeTfjs({ engine, version, complete }: TfjsFacts): string {
  const setup = `\`pnpm exp setup tensorflow${engine === "node-gpu" ? " --gpu" : ""}\``;
  if (version === undefined) {
    return `not installed (optional${engine.startsWith("node") ? `: ${setup}` : ""})`;
  }
  return complete ? version : `${version}, without its native addon: ${setup}`;
}
