/** @file The name of the format of exported models, in their metadata. */

/** Raised when a reader of the old format would read the new one wrongly. */
export const modelFormat = "mvt-model/1";
