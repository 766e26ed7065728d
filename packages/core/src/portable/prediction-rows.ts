/** @file Predictions as rows of text: `pnpm exp predict --out FILE.csv` and the page write them alike. */
import type { Prediction } from "./model.ts";

/**
 * A heading, then a row per image: its name, the most probable class, that class's probability, and the probability of
 * every class, in the order of `classes`. Probabilities have 6 decimals.
 */
export function predictionRows(
  images: readonly { readonly image: string; readonly prediction: Prediction }[],
  classes: readonly string[],
): readonly (readonly string[])[] {
  const rows = images.map(({ image, prediction: { expression, probability, probabilities } }) => [
    image,
    expression,
    ...[probability, ...classes.map((name) => probabilities[name]!)].map((p) => p.toFixed(6)),
  ]);
  return [["image", "expression", "probability", ...classes], ...rows];
}
