/** @file A prediction for scripts: as `predict --json` and `--out FILE.jsonl` write it. */
import { explanationNames } from "@mvt/core";
import type { ExplanationName } from "@mvt/core";
import { z } from "zod";
import { fraction } from "../runs/fact-shapes.ts";
import { pointNames } from "@mvt/faces/portable";
import type { NumberedFace } from "@mvt/faces/portable";
import type { PredictedImage } from "./write-predictions.ts";

const pixels = z.number();

const faceInImage = z.object({
  number: z.int().describe("which one of the image's faces, from 1: the largest"),
  of: z.int().describe("how many faces the image has"),
  score: fraction.describe("the detector's score"),
  box: z
    .object({
      left: pixels.describe("in pixels of the upright image"),
      top: pixels.describe("likewise"),
      width: pixels.describe("likewise"),
      height: pixels.describe("likewise"),
    })
    .describe("where the face is"),
  points: z
    .array(
      z.object({
        name: z
          .enum(pointNames)
          .describe("`left_eye`, `right_eye`, `nose`, `left_mouth`, `right_mouth`"),
        x: pixels.describe("in pixels of the upright image"),
        y: pixels.describe("likewise"),
      }),
    )
    .describe("its five points, by which it was aligned; left is left in the image"),
});

export const predictedImage = z.object({
  image: z.string().describe("the image's path"),
  face: faceInImage.optional().describe("with `--faces`: which face of the image it is"),
  expression: z.string().describe("the most probable class"),
  probability: fraction.describe("its probability"),
  probabilities: z.record(z.string(), fraction).describe("the probability of every class"),
  mask: z
    .array(fraction)
    .optional()
    .describe("M_p of every patch, row by row; only of models with masks"),
  explanation: z
    .object({
      method: z.enum(explanationNames).describe("how it was computed, as `--explain` names it"),
      relevance: z.array(z.number()).describe("of every patch, at least 0, row by row"),
    })
    .optional()
    .describe("which patches the prediction rests on; only with `--explain`"),
});

export const predictJson = z.object({
  model: z.string().describe("the exported model, or the run"),
  images: z.array(predictedImage).describe("the predictions, in the order of the images"),
  withoutFace: z
    .array(z.string())
    .optional()
    .describe("with `--faces`: images in which no face was found"),
  unreadable: z
    .array(
      z.object({
        image: z.string().describe("the image's path"),
        reason: z.string().describe("what is wrong with it"),
      }),
    )
    .describe("images that could not be read; the exit code is then 1"),
});

/** Probabilities to 6 decimals, the mask to 4, and 5 digits of the explanation; `classes` in the order to write. */
export function predictionFacts(
  { path, face, expression, probability, probabilities, mask, explanations }: PredictedImage,
  classes: readonly string[],
  explain?: ExplanationName,
): z.infer<typeof predictedImage> {
  return {
    image: path,
    ...(face && { face: faceFacts(face) }),
    expression,
    probability: rounded(probability, 6),
    probabilities: Object.fromEntries(
      classes.map((name) => [name, rounded(probabilities[name]!, 6)]),
    ),
    ...(explain && {
      explanation: {
        method: explain,
        relevance: Array.from(explanations![explain]!, (value) => Number(value.toPrecision(5))),
      },
    }),
    ...(mask ? { mask: Array.from(mask, (value) => rounded(value, 4)) } : {}),
  };
}

function faceFacts({ number, of, score, box, points }: NumberedFace): z.infer<typeof faceInImage> {
  const { left, top, width, height } = box;
  return {
    number,
    of,
    score: rounded(score, 4),
    box: {
      left: rounded(left, 1),
      top: rounded(top, 1),
      width: rounded(width, 1),
      height: rounded(height, 1),
    },
    points: pointNames.map((name, i) => ({
      name,
      x: rounded(points[i]![0], 1),
      y: rounded(points[i]![1], 1),
    })),
  };
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
