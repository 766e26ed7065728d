/** @file The public API of @mvt/page: building the page, and showing it on this computer. */
export { buildPage, type PageOptions } from "./build.ts";
export { type ServedPage, servePage } from "./serve.ts";
export type { Answer } from "../src/engine/messages.ts";
