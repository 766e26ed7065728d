/** @file Which packages of TensorFlow.js are installed. Nothing is loaded. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The engines that can compute, the fastest first, and the package of each. */
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
  /** Absent if it is not installed. */
  readonly installed?: {
    readonly version: string;
    /** The package's folder. */
    readonly path: string;
    /** Whether it can compute: a native package may be installed without its addon. */
    readonly complete: boolean;
  };
}

/** Finds the package of an engine: first from `folder`, then from this package. */
export function findTfjsPackage(engine: TfjsEngine, folder?: string): FoundPackage {
  const name = tfjsPackages[engine];
  const searched = folder === undefined ? [] : [join(folder, "package.json")];
  for (const from of [...searched, import.meta.url]) {
    const manifest = resolved(`${name}/package.json`, from);
    if (manifest === undefined) continue;
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
    const path = dirname(manifest);
    const complete = !isNative(engine) || hasAddon(path);
    return { engine, name, installed: { version, path, complete } };
  }
  return { engine, name };
}

/** Whether an engine computes with TensorFlow's C library. */
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

/** Whether the native addon is there. An install script downloads or compiles it, unless scripts are blocked. */
function hasAddon(packageFolder: string): boolean {
  const lib = join(packageFolder, "lib");
  return (
    existsSync(lib) &&
    readdirSync(lib).some((version) => existsSync(join(lib, version, "tfjs_binding.node")))
  );
}
