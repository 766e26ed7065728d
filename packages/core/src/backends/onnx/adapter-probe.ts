/** @file What `findAdapter` runs in a process of its own: opens the WebGPU device, or ends with exit code 1. */
import { onnxBackend } from "./backend.ts";

await onnxBackend({ device: "webgpu" });
