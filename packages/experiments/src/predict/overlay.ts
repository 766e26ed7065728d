/** @file Pictures of a prediction: what its mask leaves of the image, and which patches it rests on. */
import { percent, sum, UserError } from "@mvt/common";
import { explanationAbouts, heatColour, heatPixels, maskPixels, resizeImage } from "@mvt/core";
import type { DecodedImage, ExplanationName, ModelDescription, Mvt, Prediction } from "@mvt/core";
import { svgToPng } from "@mvt/report";
import { explanationFigure } from "@mvt/report/figures/explanation";
import { contactSheet } from "../masks/contact-sheet.ts";

/** PNG of the resized image and, to its right, the same under the mask [N] of its patches. */
export async function maskOverlay(
  image: DecodedImage,
  mask: Float32Array,
  description: ModelDescription,
): Promise<Uint8Array> {
  const { imageSize } = description.preprocessing;
  const pixels = resizeImage(image, imageSize);
  return contactSheet([[pixels, maskPixels(pixels, mask, description)]], imageSize);
}

/** Steps of the printed scale. */
const steps = 60;

/**
 * PNG of the resized image, of what a mask leaves of it if there is one, and of the relevance of its patches, with the
 * prediction and a scale.
 *
 * @param source the model or run, for the caption
 */
export async function explanationOverlay(
  image: DecodedImage,
  { expression, probability, mask, explanations }: Prediction,
  description: ModelDescription,
  { explain, source }: { readonly explain: ExplanationName; readonly source: string },
): Promise<Uint8Array> {
  const { imageSize } = description.preprocessing;
  const values = explanations![explain]!;
  const most = Math.max(...values);
  const pixels = resizeImage(image, imageSize);
  const masked = mask && maskPixels(pixels, mask, description);
  const heat = heatPixels(masked ?? pixels, values, most, description.preprocessing);
  const png = await contactSheet([[pixels, ...(masked ? [masked] : []), heat]], imageSize);
  const { default: sharp } = await import("sharp");
  const { width, height } = await sharp(png).metadata();
  const svg = explanationFigure({
    title: `${expression} ${percent(probability)} %`,
    notes: [explanationAbouts[explain], source],
    sheet: { png, width, height },
    labels: ["image", ...(masked ? ["under its mask"] : []), explain],
    most,
    even: sum(values) / values.length,
    colours: Array.from({ length: steps }, (_, i) => heatColour(i / (steps - 1))),
  });
  return svgToPng(svg);
}

/** Throws a UserError, unless the model gives this explanation. */
export function requireExplanation(
  { description: { explanations = [] } }: Mvt,
  explain: ExplanationName | undefined,
  model: string,
): void {
  if (explain === undefined || explanations.includes(explain)) return;
  const given = explanations.length === 0 ? "none" : explanations.join(" and ");
  throw new UserError(
    `--explain ${explain}: expected a model that gives this explanation, but ${model} gives ${given}. Export its run with --explain ${explain}, or explain the run itself with --run.`,
  );
}
