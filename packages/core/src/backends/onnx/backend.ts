/** @file The `onnx` backend: a program becomes an ONNX model that onnxruntime-node runs. */
import type { Backend, Executable, Program } from "../../program/program.ts";
import { requireCuda } from "./cuda-device.ts";
import { compileDeviceState } from "./device-state.ts";
import { compileHostState, replicasFor } from "./host-state.ts";
import { compileSeriesState } from "./series-state.ts";
import type { OnnxDevice, OnnxOptions, Ort } from "./session.ts";
import { computesFloat16, requireWebgpu } from "./webgpu-device.ts";

/** What differs between the devices: how one is found, and where state is kept. All give the same weights. */
interface Placement {
  /** Throws DeviceError if there is no such device. */
  readonly require?: (ort: Ort) => Promise<void>;
  /** Present for devices that may have float16. */
  readonly computesFloat16?: (ort: Ort) => Promise<boolean>;
  readonly compile: (ort: Ort, program: Program, options: OnnxOptions) => Promise<Executable>;
}

const placements: Readonly<Record<OnnxDevice, Placement>> = {
  // State is in the host's memory. Micro-batches run side by side; AdamW runs after the graph, in place.
  cpu: { compile: (_, program, options) => compileHostState(program, options) },
  // State is on the device. AdamW is part of the graph.
  webgpu: { require: requireWebgpu, computesFloat16, compile: compileDeviceState },
  // State is in the host's memory between calls. Each call runs several steps.
  cuda: { require: requireCuda, compile: compileSeriesState },
};

/** The default backend. Making it loads onnxruntime-node and opens the device. Throws DeviceError if there is none. */
export async function onnxBackend(options: OnnxOptions = {}): Promise<Backend> {
  const ort: Ort = await import("onnxruntime-node");
  const { device = "cpu" } = options;
  const placement = placements[device];
  await placement.require?.(ort);
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`,
    device,
    sideBySide: device === "cpu" ? replicasFor(options) : undefined,
    computesFloat16: async () => placement.computesFloat16?.(ort) ?? false,
    compile: (program) => placement.compile(ort, program, options),
  };
}
