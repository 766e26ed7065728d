/** @file predictions.csv: one line per image, for analyses that come later. */
import { stringify } from "csv-stringify/sync";
import type { Subset } from "../data/prepared.ts";
import type { Predictions } from "./evaluation.ts";

/** Columns: id, label, predicted (by name), and the probability of each class to 6 digits. */
export function predictionsCsv(
  classes: readonly string[],
  { ids, labels }: Subset,
  { predicted, probabilities }: Predictions,
): string {
  const K = classes.length;
  const rows = ids.map((id, i) => [
    id,
    classes[labels[i]!]!,
    classes[predicted[i]!]!,
    ...Array.from(probabilities.subarray(i * K, (i + 1) * K), (p) => p.toFixed(6)),
  ]);
  return stringify([["id", "label", "predicted", ...classes], ...rows]);
}
