/**
 * @file The public API of @mvt/core/portable: exported models where there is no Node, such as in a browser.
 * The same functions as in @mvt/core, without anything that a browser lacks; ONNX Runtime is the program's own.
 */
export { WeightsError } from "../weights/error.ts";
export type { MaskDescription, ModelDescription, Preprocessing } from "./description.ts";
export { type Mvt, type OnnxRuntime, openMvt, type OpenOptions, type Prediction } from "./model.ts";
export { maskPixels, type Picture, resizePicture } from "./picture.ts";
