/** @file The WebGPU device in tests: SwiftShader, a GPU, or none. */
import { DeviceError, onnxBackend } from "@mvt/core";

/** Undefined where there is none: what needs it is skipped. */
export const webgpu = await onnxBackend({ device: "webgpu" }).catch((error: unknown) => {
  if (!(error instanceof DeviceError)) throw error;
  return undefined;
});

/** Whether it has 16-bit floats. Where it has none, what needs them is skipped. */
export const halfPrecision = (await webgpu?.computesFloat16?.()) ?? false;
if (webgpu !== undefined && !halfPrecision) {
  console.log("this adapter has no 16-bit floats: tests of half precision are skipped");
}
