/** @file Loads TensorFlow.js: with a native TensorFlow if one is installed, else with a backend of its own. */
import { createRequire } from "node:module";
import { reasonOf } from "@mvt/common";
import type { Tf } from "./kernels.ts";
import { TfjsError } from "./options.ts";
import type { TfjsOptions } from "./options.ts";
import { findTfjsPackage, isNative, tfjsEngines, tfjsPackages } from "./packages.ts";
import type { TfjsEngine } from "./packages.ts";
import { restoreRemovedUtil } from "./removed-util.ts";

/** A copy of TensorFlow.js, and which of its backends computes. */
export interface TfjsLibrary {
  readonly tf: Tf;
  readonly registeredAs: string;
  readonly name: string;
  readonly device: "cpu" | "cuda";
}

/** Loads the first engine that fits the options. Throws TfjsError if none does. */
export async function loadTfjsLibrary(options: TfjsOptions): Promise<TfjsLibrary> {
  const { device } = options;
  const wanted = candidates(options);
  const reasons: string[] = [];
  for (const candidate of wanted) {
    const { name, installed } = findTfjsPackage(candidate, options.folder);
    if (installed === undefined) reasons.push(`${name} is not installed`);
    else if (!installed.complete) {
      reasons.push(`${name} ${installed.version} is installed without its native addon`);
    } else {
      try {
        const engine = isNative(candidate)
          ? await loadNative(installed.path, options.threads)
          : await loadOwn(installed.path);
        if (device === undefined || engine.device === device) return engine;
        reasons.push(`${engine.name} finds no GPU`);
      } catch (error) {
        reasons.push(`${name} ${installed.version} does not load: ${reasonOf(error)}`);
      }
    }
  }
  const expected = wanted.map((engine) => tfjsPackages[engine]).join(" or ");
  throw new TfjsError(
    `tfjs: expected ${expected}${device === "cuda" ? " with a GPU" : ""}; ${reasons.join("; ")}`,
  );
}

function candidates({ engine, device }: TfjsOptions): readonly TfjsEngine[] {
  if (engine !== undefined) return [engine];
  if (device === "cuda") return ["node-gpu"];
  return device === "cpu" ? tfjsEngines.filter((each) => each !== "node-gpu") : tfjsEngines;
}

/** What else the backend of tfjs-node has, apart from kernels. */
interface NativeBackend {
  readonly binding?: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

async function loadNative(path: string, threads: number | undefined): Promise<TfjsLibrary> {
  restoreRemovedUtil();
  // TensorFlow reads this variable when it starts, once per process.
  if (threads !== undefined) process.env["TF_NUM_INTRAOP_THREADS"] ??= `${threads}`;
  const tf = createRequire(import.meta.url)(path) as Tf;
  tf.enableProdMode();
  await tf.setBackend("tensorflow");
  const backend = tf.backend() as unknown as NativeBackend;
  if (backend.binding === undefined) throw new TfjsError("its backend has no native binding");
  const { name, version } = manifestOf(path);
  return {
    tf,
    registeredAs: "tensorflow",
    name: `${name} ${version} (TensorFlow ${backend.binding.TF_Version})`,
    device: backend.isUsingGpuDevice ? "cuda" : "cpu",
  };
}

/** Loads one of TensorFlow.js's own backends. It registers itself under the last part of its package's name. */
async function loadOwn(path: string): Promise<TfjsLibrary> {
  const require = createRequire(`${path}/package.json`);
  const tf = require("@tensorflow/tfjs-core") as Tf;
  tf.enableProdMode();
  const { name, version } = manifestOf(path);
  const registeredAs = name.split("-").at(-1)!;
  await withoutNewListeners(async () => {
    require(path);
    if (await tf.setBackend(registeredAs)) return;
    throw new TfjsError(`its backend ${registeredAs} does not start`);
  });
  return { tf, registeredAs, name: `${name} ${version}`, device: "cpu" };
}

/** Runs `start` and removes the listeners it adds: WebAssembly's loader rethrows all uncaught errors of the process. */
async function withoutNewListeners(start: () => Promise<void>): Promise<void> {
  const events = ["uncaughtException", "unhandledRejection"];
  const before = events.map((event) => process.listeners(event as "uncaughtException"));
  await start();
  for (const [i, event] of events.entries()) {
    for (const listener of process.listeners(event as "uncaughtException")) {
      if (!before[i]!.includes(listener)) process.off(event, listener);
    }
  }
}

function manifestOf(path: string): { readonly name: string; readonly version: string } {
  return createRequire(import.meta.url)(`${path}/package.json`) as {
    readonly name: string;
    readonly version: string;
  };
}
