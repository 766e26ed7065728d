/**
 * @file The public API of @mvt/core/portable: exported models without Node, for example in a browser. These are the
 * functions of @mvt/core that need nothing of Node. The caller brings ONNX Runtime.
 */
export { WeightsError } from "../weights/error.ts";
export type { MaskDescription, ModelDescription, Preprocessing } from "./description.ts";
export { type Mvt, type OnnxRuntime, openMvt, type OpenOptions, type Prediction } from "./model.ts";
export { explanationAbouts, type ExplanationName, explanationNames } from "./explanation-names.ts";
export { heatColour, heatPixels } from "../images/heat.ts";
export { predictionRows } from "./prediction-rows.ts";
export { maskPixels, type DecodedImage, resizeImage } from "./image.ts";
