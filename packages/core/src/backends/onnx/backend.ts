/** @file The `onnx` backend: a program becomes an ONNX model that onnxruntime-node runs. */
import type { Backend } from "../../program/program.ts";
import { compileDeviceState } from "./device-state.ts";
import { compileHostState } from "./host-state.ts";
import type { OnnxOptions, Ort } from "./session.ts";
import { requireWebgpu } from "./webgpu-device.ts";

/**
 * The default backend. Loads onnxruntime-node when it is made.
 *
 * On the device cpu state lies in the host's memory and AdamW runs after the graph, in place; on webgpu all
 * state stays on the device and AdamW is a part of the graph. Both give the same weights. Throws DeviceError
 * where the device is not there.
 */
export async function onnxBackend(options: OnnxOptions = {}): Promise<Backend> {
  const ort: Ort = await import("onnxruntime-node");
  const { device = "cpu" } = options;
  if (device === "webgpu") await requireWebgpu(ort);
  const compile = device === "webgpu" ? compileDeviceState : compileHostState;
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`,
    device,
    compile: (program) => compile(ort, program, options),
  };
}
