/** @file The public API of @mvt/experiments. Nothing else in this package can be imported. */
export {};
