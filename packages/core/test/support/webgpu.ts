/** @file The WebGPU device in tests: SwiftShader or a GPU; without either, tests on it are skipped and say so. */
import { DeviceError, onnxBackend } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { describe, test } from "vitest";

const found = await onnxBackend({ device: "webgpu" }).catch((error: unknown) => {
  if (error instanceof DeviceError) return error;
  throw error;
});

/** A `describe` for what needs a WebGPU adapter. */
export function describeOnWebgpu(title: string, define: (backend: Backend) => void): void {
  if (!(found instanceof DeviceError)) describe(title, () => define(found));
  else describe.skip(title, () => test(`needs an adapter. ${found.message}`, () => {}));
}
