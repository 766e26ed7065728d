/**
 * @file The metrics of a classifier, from its confusion matrix.
 *
 * K classes; counts [K K], flat, rows true, columns predicted. A metric whose denominator is zero is NaN, and
 * means leave it out: the recall of a class without images, the F1 of a class that neither occurs nor is
 * predicted. scikit-learn does so with `zero_division=nan`, and in `balanced_accuracy_score`.
 */
import { sum } from "@mvt/common";
import { mean } from "simple-statistics";
import { cellsOf, checkPredictions, countCells, type LabelledPredictions } from "./predictions.ts";

/** Fractions of one. */
export interface ClassificationMetrics {
  /** k/n over all images: top-1. */
  readonly accuracy: number;
  /** The mean of the recalls, with the same weight for every class. The paper reports it on AffectNet. */
  readonly meanClassAccuracy: number;
  /** The mean of the classes' F1. */
  readonly macroF1: number;
  /** [K] the fraction of the images of a class that are predicted as that class. */
  readonly recall: readonly number[];
  /** [K] 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall. */
  readonly f1: readonly number[];
}

export function classificationMetrics(counts: Int32Array, K: number): ClassificationMetrics {
  const classes = Array.from({ length: K }, (_, i) => i);
  const correct = classes.map((i) => counts[i * K + i]!);
  const images = imagesByClass(counts, K);
  const predicted = classes.map((j) => sum(classes.map((i) => counts[i * K + j]!)));
  const recall = classes.map((i) => correct[i]! / images[i]!);
  const f1 = classes.map((i) => (2 * correct[i]!) / (images[i]! + predicted[i]!)); // TP + FN, TP + FP
  return {
    accuracy: sum(correct) / sum(images),
    meanClassAccuracy: meanOfDefined(recall),
    macroF1: meanOfDefined(f1),
    recall,
    f1,
  };
}

/**
 * The unweighted average recall (UAR): the mean over classes of the share of their images that is predicted right.
 * Throws a RangeError if there is no image, or a prediction is not a class.
 */
export function meanRecall(predictions: LabelledPredictions): number {
  checkPredictions("meanRecall", predictions);
  const K = predictions.classes.length;
  return classificationMetrics(countCells(cellsOf(predictions), K), K).meanClassAccuracy;
}

/** [K] images of each true class: the sums of the rows. */
export function imagesByClass(counts: Int32Array, K: number): readonly number[] {
  return Array.from({ length: K }, (_, i) => sum(counts.subarray(i * K, (i + 1) * K)));
}

function meanOfDefined(values: readonly number[]): number {
  return mean(values.filter((value) => !Number.isNaN(value)));
}
