/** @file The WebGPU device in tests: SwiftShader or a GPU, or what keeps tests from both. */
import { DeviceError, onnxBackend } from "@mvt/core";

export const webgpu = await onnxBackend({ device: "webgpu" }).catch((error: unknown) => {
  if (error instanceof DeviceError) return error;
  throw error;
});
