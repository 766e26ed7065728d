/** @file The `onnx` backend: a program becomes an ONNX model that onnxruntime-node runs. */
import type { Backend, Executable, Program } from "../../program/program.ts";
import { requireCuda } from "./cuda-device.ts";
import { compileDeviceState } from "./device-state.ts";
import { compileHostState, sessionsFor } from "./host-state.ts";
import { compileMultiStepState } from "./multi-step-state.ts";
import { loadOnnxRuntime } from "./load-onnxruntime.ts";
import type { OnnxDevice, OnnxOptions, Ort } from "./session.ts";
import { computesFloat16, requireWebgpu } from "./webgpu-device.ts";

/** How the devices differ: whether one is present, and where state lies. All give the same weights, to rounding. */
interface Placement {
  /** Throws DeviceError if there is none. */
  readonly require?: (ort: Ort) => Promise<void>;
  /** Absent if the device never computes float16. */
  readonly computesFloat16?: (ort: Ort) => Promise<boolean>;
  readonly compile: (ort: Ort, program: Program, options: OnnxOptions) => Promise<Executable>;
}

const placements: Readonly<Record<OnnxDevice, Placement>> = {
  // In the host's memory. Micro-batches run at the same time; AdamW then runs in place.
  cpu: { compile: (_, program, options) => compileHostState(program, options) },
  // On the device. The optimiser is part of the graph.
  webgpu: { require: requireWebgpu, computesFloat16, compile: compileDeviceState },
  // In the host's memory between calls, each of which runs several steps.
  cuda: { require: requireCuda, compile: compileMultiStepState },
};

/** The default backend. It loads onnxruntime-node and looks for the device at once: DeviceError if there is none. */
export async function onnxBackend(options: OnnxOptions = {}): Promise<Backend> {
  const ort: Ort = await loadOnnxRuntime();
  const { device = "cpu" } = options;
  const placement = placements[device];
  await placement.require?.(ort);
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`,
    device,
    sideBySide: device === "cpu" ? sessionsFor(options) : undefined,
    computesFloat16: async () => placement.computesFloat16?.(ort) ?? false,
    compile: (program) => placement.compile(ort, program, options),
  };
}
