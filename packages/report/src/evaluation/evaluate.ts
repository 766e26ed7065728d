/** @file All metrics of one classifier's predictions, each with its interval. */
import { sum } from "@mvt/common";
import type { Count } from "../accuracy.ts";
import type { Estimate } from "../statistics.ts";
import { bootstrap, type BootstrapOptions, type Resampling } from "./bootstrap.ts";
import { classificationMetrics, imagesByClass } from "./metrics.ts";
import { cellsOf, checkPredictions, countCells, type LabelledPredictions } from "./predictions.ts";

/** n images of a class, k of them predicted correctly. */
export interface ClassEvaluation extends Count {
  readonly name: string;
  /** Undefined if the class neither occurs nor is predicted. */
  readonly f1: Estimate | undefined;
}

/** One cell of the confusion matrix. */
export interface ConfusionCell {
  readonly count: number;
  /** The fraction of the true class's images; undefined if it has none. */
  readonly fraction: Estimate | undefined;
}

/** k of n images are predicted correctly. */
export interface Evaluation extends Resampling, Count {
  readonly accuracy: Estimate;
  readonly meanClassAccuracy: Estimate;
  readonly macroF1: Estimate;
  /** [K] */
  readonly classes: readonly ClassEvaluation[];
  /** [K, K] rows are true classes, columns predicted ones. */
  readonly confusion: readonly (readonly ConfusionCell[])[];
}

/** Throws a RangeError if there is no image, or a prediction is not a class. */
export function evaluate(predictions: LabelledPredictions, options: BootstrapOptions): Evaluation {
  checkPredictions("evaluate", predictions);
  const { classes, labels } = predictions;
  const K = classes.length;
  const cells = cellsOf(predictions);
  const counts = countCells(cells, K);
  const numbers = (images?: Int32Array): readonly number[] => {
    const drawn = images === undefined ? counts : countCells(cells, K, images);
    const { accuracy, meanClassAccuracy, macroF1, f1 } = classificationMetrics(drawn, K);
    const occur = imagesByClass(drawn, K);
    const fractions = Array.from(drawn, (count, cell) => count / occur[Math.floor(cell / K)]!);
    return [accuracy, meanClassAccuracy, macroF1, ...f1, ...fractions];
  };
  const estimates = bootstrap(labels, numbers, options);
  const [accuracy, meanClassAccuracy, macroF1, ...rest] = estimates;
  const [f1, fractions] = [rest.slice(0, K), rest.slice(K)];
  const occur = imagesByClass(counts, K);
  const correct = classes.map((_, i) => counts[i * K + i]!);
  return {
    k: sum(correct),
    n: labels.length,
    // Defined, since there is an image.
    accuracy: accuracy!,
    meanClassAccuracy: meanClassAccuracy!,
    macroF1: macroF1!,
    classes: classes.map((name, i) => ({ name, n: occur[i]!, k: correct[i]!, f1: f1[i] })),
    confusion: classes.map((_, i) =>
      classes.map((_name, j) => ({ count: counts[i * K + j]!, fraction: fractions[i * K + j] })),
    ),
    resamples: options.resamples,
    stratified: options.stratified,
  };
}
