/** @file The `onnx` backend: a program becomes an ONNX model that onnxruntime-node runs. */
import type { Backend, Executable, Program } from "../../program/program.ts";
import { requireCuda } from "./cuda-device.ts";
import { compileDeviceState } from "./device-state.ts";
import { compileHostState, replicasFor } from "./host-state.ts";
import { compileSeriesState } from "./series-state.ts";
import type { OnnxDevice, OnnxOptions, Ort } from "./session.ts";
import { computesFloat16, requireWebgpu } from "./webgpu-device.ts";

/** What differs between the devices: whether one is there, and where state lies. All give the same weights. */
interface Placement {
  /** Throws DeviceError where there is none. */
  readonly require?: (ort: Ort) => Promise<void>;
  /** Only of devices that may have float16. */
  readonly computesFloat16?: (ort: Ort) => Promise<boolean>;
  readonly compile: (ort: Ort, program: Program, options: OnnxOptions) => Promise<Executable>;
}

const placements: Readonly<Record<OnnxDevice, Placement>> = {
  // In the host's memory, parts of a batch side by side; AdamW runs after the graph, in place.
  cpu: { compile: (_, program, options) => compileHostState(program, options) },
  // On the device; AdamW is a part of the graph.
  webgpu: { require: requireWebgpu, computesFloat16, compile: compileDeviceState },
  // In the host's memory between calls, each of which runs a series of steps.
  cuda: { require: requireCuda, compile: compileSeriesState },
};

/** The default backend. Loads onnxruntime-node, and looks for the device, when it is made. */
export async function onnxBackend(options: OnnxOptions = {}): Promise<Backend> {
  const ort: Ort = await import("onnxruntime-node");
  const { device = "cpu" } = options;
  const placement = placements[device];
  await placement.require?.(ort);
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`,
    device,
    ...(device === "cpu" ? { sideBySide: replicasFor(options) } : {}),
    computesFloat16: async () => placement.computesFloat16?.(ort) ?? false,
    compile: (program) => placement.compile(ort, program, options),
  };
}
