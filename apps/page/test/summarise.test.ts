import type { Prediction } from "@mvt/core/portable";
import { describe, expect, test } from "vitest";
import { summarise } from "../src/view/summarise.ts";

const classes = ["anger", "fear", "neutral"];

const predictionOf = (expression: string, probability: number): Prediction => ({
  expression,
  probability,
  probabilities: {},
});

describe("the summary of several predictions", () => {
  test("counts the images of each predicted class and averages its confidence", () => {
    const predictions = [
      predictionOf("neutral", 0.5),
      predictionOf("anger", 0.75),
      predictionOf("neutral", 1),
    ];
    expect(summarise(predictions, classes)).toEqual({
      byClass: [
        ["anger", { images: 1, meanConfidence: 0.75 }],
        ["fear", { images: 0, meanConfidence: undefined }],
        ["neutral", { images: 2, meanConfidence: 0.75 }],
      ],
      all: { images: 3, meanConfidence: 0.75 },
    });
  });

  test("weighs every image alike, not every class", () => {
    const predictions = [
      predictionOf("anger", 1),
      predictionOf("fear", 0.5),
      predictionOf("fear", 0.5),
      predictionOf("fear", 0.5),
    ];
    expect(summarise(predictions, classes).all.meanConfidence).toBe(0.625);
  });

  test("of no predictions has no mean", () => {
    expect(summarise([], classes).all).toEqual({ images: 0, meanConfidence: undefined });
  });
});
