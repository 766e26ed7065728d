/** @file The public API of @mvt/report. Nothing else in this package can be imported. */
export {};
