/** @file The WebGPU device in tests: SwiftShader, a GPU, or none. */
import { DeviceError, onnxBackend } from "@mvt/core";

/** Undefined where there is none: what needs it is skipped. */
export const webgpu = await onnxBackend({ device: "webgpu" }).catch((error: unknown) => {
  if (!(error instanceof DeviceError)) throw error;
  return undefined;
});
