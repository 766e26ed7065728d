/** @file A prediction for scripts: as `predict --json` and `--out FILE.jsonl` write it. */
import { z } from "zod";
import { fraction } from "../runs/fact-shapes.ts";
import type { PredictedImage } from "./write-predictions.ts";

export const predictedImage = z.object({
  image: z.string().describe("the image's path"),
  expression: z.string().describe("the most probable class"),
  probability: fraction.describe("its probability"),
  probabilities: z.record(z.string(), fraction).describe("the probability of every class"),
  mask: z
    .array(fraction)
    .optional()
    .describe("M_p of every patch, row by row; only of models with masks"),
});

export const predictJson = z.object({
  model: z.string().describe("the exported model"),
  images: z.array(predictedImage).describe("the predictions, in the order of the images"),
  unreadable: z
    .array(
      z.object({
        image: z.string().describe("the image's path"),
        reason: z.string().describe("what is wrong with it"),
      }),
    )
    .describe("images that could not be read; the exit code is then 1"),
});

/** Probabilities to 6 digits, the mask to 4; `classes` in the order to write. */
export function predictionFacts(
  { path, expression, probability, probabilities, mask }: PredictedImage,
  classes: readonly string[],
): z.infer<typeof predictedImage> {
  return {
    image: path,
    expression,
    probability: rounded(probability, 6),
    probabilities: Object.fromEntries(
      classes.map((name) => [name, rounded(probabilities[name]!, 6)]),
    ),
    ...(mask ? { mask: Array.from(mask, (value) => rounded(value, 4)) } : {}),
  };
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
