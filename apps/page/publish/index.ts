/** @file The public API of @mvt/page: build the page, and serve it on this computer. */
export { buildPage, type PageOptions } from "./build.ts";
export { type ServedPage, servePage } from "./serve.ts";
export type { ImagePrediction } from "../src/engine/messages.ts";
