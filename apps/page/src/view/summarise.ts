/** @file How many images a model puts into each class, and how sure it is of them. */
import { sum } from "@mvt/common";
import type { Prediction } from "@mvt/core/portable";

export interface Share {
  readonly images: number;
  /** The mean probability of the predicted class; undefined without images. */
  readonly meanConfidence: number | undefined;
}

export interface Summary {
  /** Of every class in the order of `classes`: the images for which it is the most probable one. */
  readonly byClass: readonly (readonly [expression: string, share: Share])[];
  readonly all: Share;
}

export function summarise(predictions: readonly Prediction[], classes: readonly string[]): Summary {
  return {
    byClass: classes.map((name) => [
      name,
      shareOf(predictions.filter(({ expression }) => expression === name)),
    ]),
    all: shareOf(predictions),
  };
}

function shareOf(predictions: readonly Prediction[]): Share {
  const n = predictions.length;
  const total = sum(predictions.map(({ probability }) => probability));
  return { images: n, meanConfidence: n === 0 ? undefined : total / n };
}
