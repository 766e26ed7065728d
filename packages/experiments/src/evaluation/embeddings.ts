/** @file What goes into a classifier's head, image by image: as CSV, and as a map on a plane. */
import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import type { Subset } from "../data/prepared.ts";
import { count, fraction, runKeys } from "../runs/fact-shapes.ts";
import type { Predictions } from "../runs/predictions.ts";

/** What `embeddings --json` writes. */
export const embeddingsJson = z.object({
  ...runKeys,
  split: z.string().describe("the split whose images were embedded"),
  weights: z.string().describe("which of the run's weights embedded them"),
  right: count.describe("images that are predicted right"),
  dimensions: z.int().describe("numbers of an embedding: the width D of the network"),
  out: z.string().describe("the CSV file"),
  map: z.string().optional().describe("the figure; only with `--map`"),
  explained: z
    .array(fraction)
    .optional()
    .describe("shares of the variance along the two axes of the map; only with `--map`"),
});

/** Columns: file, label, prediction (by name), and the D numbers of the embedding to 7 digits. */
export function embeddingsCsv(
  classes: readonly string[],
  { ids, labels }: Subset,
  { predicted, features }: Pick<Predictions, "predicted"> & { readonly features: Float32Array },
): string {
  const D = features.length / ids.length;
  const columns = Array.from({ length: D }, (_, d) => `e${d}`);
  const rows = ids.map((id, i) => [
    id,
    classes[labels[i]!]!,
    classes[predicted[i]!]!,
    ...Array.from(features.subarray(i * D, (i + 1) * D), (value) => value.toPrecision(7)),
  ]);
  return stringify([["file", "label", "prediction", ...columns], ...rows]);
}
