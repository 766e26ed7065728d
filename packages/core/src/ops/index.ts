/**
 * @file Every operator that models, losses and optimisers are written with. Whatever a family's file exports is
 * public, so a new operator need not be named here as well.
 */

export { broadcastShapes } from "./broadcast.ts";
export * from "./elementwise.ts";
export * from "./normalization.ts";
export type { Primitive, Primitives } from "./primitives.ts";
export * from "./product.ts";
export * from "./reduction.ts";
export * from "./shape.ts";
export * from "./sources.ts";
