/** @file The `onnx` backend: a program becomes an ONNX model that onnxruntime-node runs. */
import type { Backend } from "../../program/program.ts";
import { loadOnnxRuntime, onnxRuntimeVersion } from "./load-onnxruntime.ts";
import { sessionsFor } from "./options.ts";
import type { OnnxDevice, OnnxOptions } from "./options.ts";

/** What differs by device: how it is found, and where state lies. All devices give the same weights, to rounding. */
type Opened = Pick<Backend, "sideBySide" | "computesFloat16" | "compile">;

/** What a device needs is loaded when it is opened; what the CPU needs, with the first program. */
const devices: Readonly<Record<OnnxDevice, (options: OnnxOptions) => Promise<Opened>>> = {
  /** State lies in the host's memory. Micro-batches run at the same time; AdamW then runs in place. */
  async cpu(options) {
    return {
      sideBySide: sessionsFor(options),
      async compile(program) {
        const { compileHostState } = await import("./host-state.ts");
        return compileHostState(program, options);
      },
    };
  },
  /** State lies on the device. The optimiser is part of the graph. */
  async webgpu(options) {
    const ort = await loadOnnxRuntime();
    const { computesFloat16, requireWebgpu } = await import("./webgpu-device.ts");
    const { compileDeviceState } = await import("./device-state.ts");
    await requireWebgpu(ort);
    return {
      computesFloat16: () => computesFloat16(ort),
      compile: (program) => compileDeviceState(ort, program, options),
    };
  },
  /** State lies in the host's memory between calls, each of which runs several steps. */
  async cuda(options) {
    const ort = await loadOnnxRuntime();
    const { requireCuda } = await import("./cuda-device.ts");
    const { compileMultiStepState } = await import("./multi-step-state.ts");
    await requireCuda(ort);
    return {
      compile: (program) => compileMultiStepState(ort, program, options),
    };
  },
};

/** The default backend. It looks for the device at once: DeviceError if there is none. */
export async function onnxBackend(options: OnnxOptions = {}): Promise<Backend> {
  const { device = "cpu" } = options;
  const opened = await devices[device](options);
  return { name: `onnxruntime-node ${onnxRuntimeVersion()}`, device, ...opened };
}
