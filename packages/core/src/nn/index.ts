/** @file Layers, losses and parameters. */

export * from "./class-losses.ts";
export * from "./drop.ts";
export * from "./layers.ts";
export * from "./losses.ts";
export * from "./parameters.ts";
export * from "./targets.ts";
