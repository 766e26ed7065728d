/** @file The expressions, by name. Label numbers differ between data sets, so only loaders know them. */

/** Every expression that any data set has. Keep the order: synthetic sets and the classes of custom data depend on it. */
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
