/** @file Half precision on the WebGPU device in tests. */
import { webgpu } from "./webgpu.ts";

/** Whether it has 16-bit floats. Where it has none, what needs them is skipped. */
export const halfPrecision = (await webgpu?.computesFloat16?.()) ?? false;
if (webgpu !== undefined && !halfPrecision) {
  console.log("this adapter has no 16-bit floats: tests of half precision are skipped");
}
