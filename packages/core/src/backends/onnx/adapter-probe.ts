/** @file Run by `findAdapter` in another process: opens the WebGPU device, or ends with exit code 1. */
import { onnxBackend } from "./backend.ts";

await onnxBackend({ device: "webgpu" });
