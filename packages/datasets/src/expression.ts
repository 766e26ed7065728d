/**
 * @file The expressions, by name. Label numbers differ between data sets and never leave a loader.
 */

/** Every expression that any supported data set knows; the order means nothing. */
export const expressions = [
  "neutral",
  "happiness",
  "surprise",
  "sadness",
  "anger",
  "disgust",
  "fear",
  "contempt",
] as const;

export type Expression = (typeof expressions)[number];
