/**
 * @file Loads onnxruntime-node with its telemetry switched off.
 *
 * Since 1.29, on Linux and macOS, ONNX Runtime writes a device id and a database of events below the user's cache
 * folder (Microsoft/DeveloperTools/.onnxruntime) and sends the events to Microsoft. ORT_DISABLE_TELEMETRY, if it is
 * set before the library starts, prevents all of this: https://github.com/microsoft/onnxruntime/pull/27379. On
 * Windows, events go to the operating system's own tracing; the Node package has no switch for that.
 *
 * The variable is set when this module is first loaded. That must happen in the main thread, because a worker thread
 * only changes its own copy of the environment. `@mvt/core` loads this module, so it is enough to import that.
 */

import { createRequire } from "node:module";

/** The environment variable that ONNX Runtime reads. */
const variable = "ORT_DISABLE_TELEMETRY";

// A user who wants the telemetry sets the variable to 0.
process.env[variable] ||= "1";

/** The only way in which this project loads onnxruntime-node. */
export function loadOnnxRuntime(): Promise<typeof import("onnxruntime-node")> {
  return import("onnxruntime-node");
}

/** The version of onnxruntime-node, as its package states it: "1.30.0". Does not load it. */
export function onnxRuntimeVersion(): string {
  const manifest = createRequire(import.meta.url)("onnxruntime-node/package.json") as {
    readonly version: string;
  };
  return manifest.version;
}
