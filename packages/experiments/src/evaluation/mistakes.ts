/** @file The wrong predictions that a run is surest of: as rows, and as a contact sheet. */
import { argmax } from "@mvt/common";
import { readRows } from "@mvt/datasets";
import { svgToPng } from "@mvt/report";
import { mistakeSheet } from "@mvt/report/figures/mistake-sheet";
import type { MistakeSheet } from "@mvt/report/figures/mistake-sheet";
import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import type { Subset } from "../data/prepared.ts";
import { fraction } from "../runs/fact-shapes.ts";
import type { Predictions } from "../runs/predictions.ts";
import { enlarged } from "./changed-images.ts";

/** A wrong prediction, as `evaluate --hardest N --json` writes it. */
export const mistakeFacts = z.object({
  image: z.string().describe("the image's id"),
  label: z.string().describe("what its label says"),
  predicted: z.string().describe("the class that is predicted"),
  confidence: fraction.describe("the probability of the predicted class"),
  ofLabel: fraction.describe("the probability of the label"),
});
export type MistakeFacts = z.infer<typeof mistakeFacts>;

/** A wrong prediction and the row of its image. */
export interface FoundMistake extends MistakeFacts {
  readonly row: number;
}

/** All wrong predictions for the images of `subset`, the most confident first; equal ones in the order of the images. */
export function mistakesOf(
  classes: readonly string[],
  { ids, rows, labels }: Pick<Subset, "ids" | "rows" | "labels">,
  { probabilities }: Pick<Predictions, "probabilities">,
): readonly FoundMistake[] {
  const K = classes.length;
  const found = ids.map((image, i) => {
    const row = probabilities.subarray(i * K, (i + 1) * K);
    const predicted = argmax(row);
    return {
      image,
      label: classes[labels[i]!]!,
      predicted: classes[predicted]!,
      confidence: rounded(row[predicted]!),
      ofLabel: rounded(row[labels[i]!]!),
      row: rows[i]!,
    };
  });
  return found
    .filter(({ label, predicted }) => label !== predicted)
    .toSorted((a, b) => b.confidence - a.confidence);
}

const rounded = (probability: number) => Number(probability.toFixed(6));

/** Rows of mistakes: image, label, predicted class, its probability, and that of the label. */
export function mistakesCsv(mistakes: readonly MistakeFacts[]): string {
  const columns = ["image", "label", "predicted", "confidence", "of_label"];
  const rows = mistakes.map(({ image, label, predicted, confidence, ofLabel }) => [
    image,
    label,
    predicted,
    confidence.toFixed(6),
    ofLabel.toFixed(6),
  ]);
  return stringify([columns, ...rows]);
}

/** The contact sheet of mistakes as PNG; one at least. */
export async function mistakesSheet(
  mistakes: readonly FoundMistake[],
  images: Subset["images"],
  about: Omit<MistakeSheet, "mistakes">,
): Promise<Uint8Array> {
  const pixels = await readRows(
    images,
    Int32Array.from(mistakes, ({ row }) => row),
  );
  const shown = await Promise.all(
    mistakes.map(async ({ image, ...mistake }, i) => ({
      ...mistake,
      id: image,
      png: await enlarged(pixels[i]!, images.size),
    })),
  );
  return svgToPng(mistakeSheet({ ...about, mistakes: shown }));
}
