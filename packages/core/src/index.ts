/** @file The public API of @mvt/core. Nothing else in this package can be imported. */

export * as random from "./random.ts";
