/** @file The public API of @mvt/mgn. Nothing else in this package can be imported. */
export {};
