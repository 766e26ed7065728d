/**
 * @file A fake of @tensorflow/tfjs-node, without TensorFlow: it loads as that package does, and computes with
 * the plain JavaScript backend.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../packages/core/package.json", import.meta.url));

export interface FakeOptions {
  /** Default: @tensorflow/tfjs-node. */
  readonly name?: string;
  /** Whether the native addon is there. Default: yes. */
  readonly addon?: boolean;
  /** Whether it reports a GPU. Default: no. */
  readonly gpu?: boolean;
}

/** The path of the addon within the package. */
export const addonPath = "lib/napi-v8/tfjs_binding.node";

/** Installs it in node_modules of `folder`; returns the folder of the package. */
export async function installFakeTensorflow(
  folder: string,
  { name = "@tensorflow/tfjs-node", addon = true, gpu = false }: FakeOptions = {},
): Promise<string> {
  const path = join(folder, "node_modules", name);
  await mkdir(join(path, "lib/napi-v8"), { recursive: true });
  await writeFile(
    join(path, "package.json"),
    JSON.stringify({ name, version: "4.22.0", main: "index.js" }),
  );
  await writeFile(join(path, "index.js"), program(gpu));
  if (addon) await writeFile(join(path, addonPath), "");
  return path;
}

/** As version 4.22 does: it calls functions of util that newer versions of Node lack, then loads addon and backend. */
const program = (gpu: boolean) => `
const util = require("util");
if (util.isNullOrUndefined(0) || !util.isNullOrUndefined(undefined) || !util.isArray([])) throw new Error("util");
if (!require("fs").existsSync(__dirname + "/${addonPath}")) throw new Error("no addon");
const tf = require(${JSON.stringify(require.resolve("@tensorflow/tfjs-core"))});
const cpu = require(${JSON.stringify(require.resolve("@tensorflow/tfjs-backend-cpu"))});
tf.enableProdMode();
if (tf.findBackendFactory("tensorflow")) tf.removeBackend("tensorflow");
if (tf.getKernelsForBackend("tensorflow").length === 0) tf.copyRegisteredKernels("cpu", "tensorflow");
class Backend extends cpu.MathBackendCPU {
  binding = { TF_Version: "2.0.0" };
  isUsingGpuDevice = ${gpu};
}
tf.registerBackend("tensorflow", () => new Backend(), 3);
tf.setBackend("tensorflow");
module.exports = tf;
`;
