/** @file Which packages of TensorFlow.js are installed, without loading them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What can compute, the fastest first, and the package it comes in. */
export const tfjsPackages = {
  "node-gpu": "@tensorflow/tfjs-node-gpu",
  node: "@tensorflow/tfjs-node",
  wasm: "@tensorflow/tfjs-backend-wasm",
  cpu: "@tensorflow/tfjs-backend-cpu",
} as const;

export type TfjsEngine = keyof typeof tfjsPackages;
export const tfjsEngines = Object.keys(tfjsPackages) as readonly TfjsEngine[];

export interface FoundPackage {
  readonly engine: TfjsEngine;
  /** The package's name. */
  readonly name: string;
  /** Absent where it is not installed. */
  readonly installed?: {
    readonly version: string;
    /** The package's folder. */
    readonly path: string;
    /** Whether it has what it needs to compute; false for a native package without its addon. */
    readonly complete: boolean;
  };
}

/** The package of an engine, looked for from `folder` first and then from here. */
export function findTfjsPackage(engine: TfjsEngine, folder?: string): FoundPackage {
  const name = tfjsPackages[engine];
  const places = [...(folder === undefined ? [] : [join(folder, "package.json")]), import.meta.url];
  for (const place of places) {
    const manifest = resolved(`${name}/package.json`, place);
    if (manifest === undefined) continue;
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
    const path = dirname(manifest);
    const complete = !isNative(engine) || hasAddon(path);
    return { engine, name, installed: { version, path, complete } };
  }
  return { engine, name };
}

/** Whether an engine is TensorFlow's own library. */
export function isNative(engine: TfjsEngine): boolean {
  return engine === "node" || engine === "node-gpu";
}

function resolved(request: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(request);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** The addon is downloaded or compiled after the package is unpacked; where scripts are blocked it is not. */
function hasAddon(packageFolder: string): boolean {
  const lib = join(packageFolder, "lib");
  return (
    existsSync(lib) &&
    readdirSync(lib).some((version) => existsSync(join(lib, version, "tfjs_binding.node")))
  );
}
