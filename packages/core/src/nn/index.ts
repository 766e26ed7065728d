/** @file Layers, losses and parameters. */

export * from "./layers.ts";
export * from "./losses.ts";
export * from "./parameters.ts";
