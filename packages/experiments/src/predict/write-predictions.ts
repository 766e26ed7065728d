/** @file Predictions as JSON lines or CSV. */
import { extname } from "node:path";
import { CommandLineError } from "@mvt/common";
import { predictionRows } from "@mvt/core";
import type { ExplanationName, Prediction } from "@mvt/core";
import { type NumberedFace, withFaceColumns } from "@mvt/faces/portable";
import { stringify } from "csv-stringify/sync";
import { predictionFacts } from "./prediction-facts.ts";

export interface PredictedImage extends Prediction {
  readonly path: string;
  /** Of a face in a photograph: where it is. */
  readonly face?: NumberedFace;
}

export type PredictionFormat = "jsonl" | "csv";

/** By the name's ending. */
export function predictionFormat(out: string): PredictionFormat {
  const ending = extname(out).slice(1).toLowerCase();
  if (ending === "jsonl" || ending === "csv") return ending;
  throw new CommandLineError(
    `--out ${out}: expected a name that ends in .jsonl or .csv, so that the form is known.`,
  );
}

/**
 * Probabilities to 6 digits. A line of JSON holds the mask as well, to 4, and the explanation, a line of CSV does not.
 *
 * @param faces of photographs, whose faces have columns of their own in CSV
 */
export function formatPredictions(
  images: readonly PredictedImage[],
  classes: readonly string[],
  format: PredictionFormat,
  { faces = false, explain }: { readonly faces?: boolean; readonly explain?: ExplanationName } = {},
): string {
  if (format === "csv") {
    const named = images.map((image) => ({ image: image.path, prediction: image }));
    const rows = predictionRows(named, classes);
    const ofFaces = () =>
      withFaceColumns(
        rows,
        images.map(({ face }) => face),
      );
    return stringify([...(faces ? ofFaces() : rows)]);
  }
  return images
    .map((image) => `${JSON.stringify(predictionFacts(image, classes, explain))}\n`)
    .join("");
}
