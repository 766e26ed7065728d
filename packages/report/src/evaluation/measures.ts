/**
 * @file The measures of a classifier, from its confusion matrix.
 *
 * K classes; counts [K K], flat, rows true, columns predicted. A measure whose denominator is zero is
 * NaN, and no mean counts it: the recall of a class without images, the F1 of one that neither occurs
 * nor is answered. scikit-learn does so with `zero_division=nan`, and in `balanced_accuracy_score`.
 */
import { mean } from "simple-statistics";

/** Fractions of one. */
export interface Measures {
  /** k/n over all images: top-1. */
  readonly accuracy: number;
  /** The mean of the recalls, every class counting the same: the paper's measure on AffectNet. */
  readonly meanClassAccuracy: number;
  /** The mean of the classes' F1. */
  readonly macroF1: number;
  /** [K] of the images of a class, those answered so. */
  readonly recall: readonly number[];
  /** [K] 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall. */
  readonly f1: readonly number[];
}

export function measuresOf(counts: Int32Array, K: number): Measures {
  const classes = Array.from({ length: K }, (_, i) => i);
  const right = classes.map((i) => counts[i * K + i]!);
  const occur = imagesByClass(counts, K);
  const answered = classes.map((j) => classes.reduce((total, i) => total + counts[i * K + j]!, 0));
  const recall = classes.map((i) => right[i]! / occur[i]!);
  const f1 = classes.map((i) => (2 * right[i]!) / (occur[i]! + answered[i]!)); // TP + FN, TP + FP
  return {
    accuracy: sum(right) / sum(occur),
    meanClassAccuracy: meanOfDefined(recall),
    macroF1: meanOfDefined(f1),
    recall,
    f1,
  };
}

/** [K] images of each true class: the sums of the rows. */
export function imagesByClass(counts: Int32Array, K: number): readonly number[] {
  return Array.from({ length: K }, (_, i) =>
    counts.subarray(i * K, (i + 1) * K).reduce((total, count) => total + count, 0),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function meanOfDefined(values: readonly number[]): number {
  return mean(values.filter((value) => !Number.isNaN(value)));
}
