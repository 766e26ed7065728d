/**
 * @file Two classifiers on the same images.
 */
import { checkAnswers, type Answers } from "./answers.ts";
import { bootstrapIntervals, type BootstrapOptions, type Resampling } from "./bootstrap.ts";
import { cellsOf, countCells } from "./confusion.ts";
import { estimate, type Estimate } from "./estimate.ts";
import { mcnemarExact } from "./mcnemar.ts";
import { measuresOf } from "./measures.ts";

/** One measure of both. */
export interface Compared {
  readonly first: Estimate;
  readonly second: Estimate;
  /** Second minus first, on the same resamples. */
  readonly difference: Estimate;
}

export interface Comparison extends Resampling {
  readonly n: number;
  /** Images by who has them right. */
  readonly both: number;
  /** b of McNemar's test. */
  readonly onlyFirst: number;
  /** c of McNemar's test. */
  readonly onlySecond: number;
  readonly neither: number;
  /** Two-sided and exact. */
  readonly p: number;
  readonly accuracy: Compared;
  readonly meanClassAccuracy: Compared;
  readonly macroF1: Compared;
}

/**
 * Image i of one is image i of the other.
 * Throws a RangeError where they have other classes or labels, so that they can not be the same images.
 */
export function compare(first: Answers, second: Answers, options: BootstrapOptions): Comparison {
  checkAnswers("compare", first);
  checkAnswers("compare", second);
  const { classes, labels } = first;
  if (classes.join() !== second.classes.join() || labels.join() !== second.labels.join()) {
    throw new RangeError(
      "compare: expected two classifiers' answers for the same images, got other classes or labels",
    );
  }
  const K = classes.length;
  const cells = [cellsOf(first), cellsOf(second)];
  const numbers = (images?: Int32Array): readonly number[] => {
    const [a, b] = cells.map((own) => {
      const { accuracy, meanClassAccuracy, macroF1 } = measuresOf(countCells(own, K, images), K);
      return [accuracy, meanClassAccuracy, macroF1];
    }) as [number[], number[]];
    return [...a, ...b, ...b.map((value, i) => value - a[i]!)];
  };
  const intervals = bootstrapIntervals(labels, numbers, options);
  const estimates = numbers().map((value, i) => estimate(value, intervals[i])!);
  const [accuracy, meanClassAccuracy, macroF1] = [0, 1, 2].map((i) => ({
    first: estimates[i]!,
    second: estimates[3 + i]!,
    difference: estimates[6 + i]!,
  })) as [Compared, Compared, Compared];
  const agreement = countAgreement(first, second);
  return {
    n: labels.length,
    ...agreement,
    p: mcnemarExact(agreement.onlyFirst, agreement.onlySecond),
    accuracy,
    meanClassAccuracy,
    macroF1,
    resamples: options.resamples,
    stratified: options.stratified,
  };
}

function countAgreement({ labels, predicted }: Answers, second: Answers) {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  for (const [i, label] of labels.entries()) {
    const [a, b] = [predicted[i] === label, second.predicted[i] === label];
    counts[a ? (b ? "both" : "onlyFirst") : b ? "onlySecond" : "neither"] += 1;
  }
  return counts;
}
