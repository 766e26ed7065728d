/**
 * @file The public API of @mvt/core/portable: exported models without Node, for example in a browser. It encodes them, reads
 * what they say of themselves, and runs them with the ONNX Runtime that the caller brings.
 */
export { WeightsError } from "../weights/error.ts";
export type { MaskDescription, ModelDescription, Preprocessing } from "./description.ts";
export { type Mvt, type OnnxRuntime, openMvt, type OpenOptions, type Prediction } from "./model.ts";
export { explanationAbouts, type ExplanationName, explanationNames } from "./explanation-names.ts";
export { heatColour, heatPixels } from "../images/heat.ts";
export { readMetadata, withMetadata } from "./metadata.ts";
export { encodePortable, type PortableModel, portableOpset } from "./portable.ts";
export { predictionRows } from "./prediction-rows.ts";
export { maskPixels, type DecodedImage, resizeImage } from "./image.ts";
