/**
 * @file @vladmandic/face-api in Node, computed by TensorFlow.js's WebAssembly. To be loaded in a thread of its own: it changes
 * how two names are resolved, and it computes without a pause.
 *
 * The package's build for Node asks for `@tensorflow/tfjs`, which brings 60 packages and 150 MB. All that it uses of it is in
 * `@tensorflow/tfjs-core`, but for a few methods of tensors, which are added here.
 */
import { readFile } from "node:fs/promises";
import { createRequire, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { loadNets, modelFiles } from "./face-api.ts";
import type { FaceApi, NetName } from "./face-api.ts";

const require = createRequire(import.meta.url);

/** What the package's names for TensorFlow.js lead to. */
const given: ReadonlyMap<string, string> = new Map([
  ["@tensorflow/tfjs", require.resolve("@tensorflow/tfjs-core")],
  ["@tensorflow/tfjs-backend-wasm", require.resolve("@tensorflow/tfjs-backend-wasm")],
]);

/** Opens the package with these networks. */
export async function openFaceApi(names: readonly NetName[]): Promise<FaceApi> {
  const hooks = registerHooks({
    resolve: (name, context, next) => next(given.get(name) ?? name, context),
  });
  let api: FaceApi;
  try {
    api = require("@vladmandic/face-api/dist/face-api.node-wasm.js") as FaceApi;
  } finally {
    hooks.deregister();
  }
  addMethods(require("@tensorflow/tfjs-core") as TfCore);
  // One thread each: photographs are handled side by side.
  api.tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  api.tf.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  await api.tf.setBackend("wasm");
  const folder = join(dirname(require.resolve("@vladmandic/face-api/package.json")), "model");
  await loadNets(api, names, async (name) => {
    const path = join(folder, modelFiles[name]);
    const manifest = await readFile(`${path}-weights_manifest.json`, "utf8");
    const { buffer, byteOffset, length } = await readFile(`${path}.bin`);
    return {
      manifest: JSON.parse(manifest) as unknown,
      weights: buffer.slice(byteOffset, byteOffset + length),
    };
  });
  return api;
}

interface TfCore extends Readonly<Record<string, unknown>> {
  readonly Tensor: { readonly prototype: object };
  reshape(tensor: unknown, shape: readonly number[]): unknown;
}

/** Methods that reshape to the sizes they are given, and methods that are functions of the same name. */
const reshaping = ["as1D", "as2D", "as3D", "as4D"] as const;
const chained = ["add", "div", "mul", "sub"] as const;

/** Adds the methods that `@tensorflow/tfjs` gives tensors and that the networks call. */
function addMethods(core: TfCore): void {
  const methods: Record<string, unknown> = {};
  for (const name of reshaping) {
    methods[name] = function reshaped(this: unknown, ...shape: readonly number[]) {
      return core.reshape(this, shape.length === 0 ? [-1] : shape);
    };
  }
  for (const name of chained) {
    const operator = core[name] as (a: unknown, b: unknown) => unknown;
    methods[name] = function applied(this: unknown, other: unknown) {
      return operator(this, other);
    };
  }
  Object.assign(core.Tensor.prototype, methods);
}
