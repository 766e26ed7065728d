/** @file The public API of @mvt/relabel. Nothing else in this package can be imported. */
export {};
