/**
 * @file Every measure of one classifier's answers, each with its interval.
 */
import { checkAnswers, type Answers } from "./answers.ts";
import { bootstrapIntervals, type BootstrapOptions, type Resampling } from "./bootstrap.ts";
import { cellsOf, countCells } from "./confusion.ts";
import { estimate, type Estimate } from "./estimate.ts";
import { imagesByClass, measuresOf } from "./measures.ts";

export interface ClassEvaluation {
  readonly name: string;
  /** Images of this class. */
  readonly n: number;
  /** Those of them answered right. */
  readonly k: number;
  /** Undefined where the class neither occurs nor is answered. */
  readonly f1: Estimate | undefined;
}

/** One cell of the confusion matrix. */
export interface ConfusionCell {
  readonly count: number;
  /** Of the images of the true class, those answered so; undefined where there are none. */
  readonly share: Estimate | undefined;
}

export interface Evaluation extends Resampling {
  /** Right answers, and images. */
  readonly k: number;
  readonly n: number;
  readonly accuracy: Estimate;
  readonly meanClassAccuracy: Estimate;
  readonly macroF1: Estimate;
  /** [K] */
  readonly classes: readonly ClassEvaluation[];
  /** [K, K] rows are true classes, columns predicted ones. */
  readonly confusion: readonly (readonly ConfusionCell[])[];
}

/** Throws a RangeError where there is no image, or an answer is no class. */
export function evaluate(answers: Answers, options: BootstrapOptions): Evaluation {
  checkAnswers("evaluate", answers);
  const { classes, labels } = answers;
  const K = classes.length;
  const cells = cellsOf(answers);
  const counts = countCells(cells, K);
  const numbers = (images?: Int32Array): readonly number[] => {
    const drawn = images === undefined ? counts : countCells(cells, K, images);
    const { accuracy, meanClassAccuracy, macroF1, f1 } = measuresOf(drawn, K);
    const occur = imagesByClass(drawn, K);
    const shares = Array.from(drawn, (count, cell) => count / occur[Math.floor(cell / K)]!);
    return [accuracy, meanClassAccuracy, macroF1, ...f1, ...shares];
  };
  const intervals = bootstrapIntervals(labels, numbers, options);
  const estimates = numbers().map((value, i) => estimate(value, intervals[i]));
  const [accuracy, meanClassAccuracy, macroF1, ...rest] = estimates;
  const [f1, shares] = [rest.slice(0, K), rest.slice(K)];
  const occur = imagesByClass(counts, K);
  const right = classes.map((_, i) => counts[i * K + i]!);
  return {
    k: right.reduce((total, k) => total + k, 0),
    n: labels.length,
    // Defined, since there is an image.
    accuracy: accuracy!,
    meanClassAccuracy: meanClassAccuracy!,
    macroF1: macroF1!,
    classes: classes.map((name, i) => ({ name, n: occur[i]!, k: right[i]!, f1: f1[i] })),
    confusion: classes.map((_, i) =>
      classes.map((_name, j) => ({ count: counts[i * K + j]!, share: shares[i * K + j] })),
    ),
    resamples: options.resamples,
    stratified: options.stratified,
  };
}
