/** @file The public API of @mvt/core/tfjs: TensorFlow.js itself. Its types need the package @tensorflow/tfjs-core. */

export type { Tf } from "./kernels.ts";
export { loadTfjsLibrary, type TfjsLibrary } from "./libraries.ts";
