/**
 * @file Two classifiers on the same images: their metrics, the differences, and McNemar's test.
 *
 * McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
 * Psychometrika 12, 1947; in its exact form, by the binomial distribution.
 */
import { sum } from "@mvt/common";
import { binomialDistribution } from "simple-statistics";
import type { Estimate } from "../statistics.ts";
import { bootstrap, type BootstrapOptions, type Resampling } from "./bootstrap.ts";
import { classificationMetrics } from "./metrics.ts";
import { cellsOf, checkPredictions, countCells, type LabelledPredictions } from "./predictions.ts";

/** One metric of both. */
export interface Compared {
  readonly first: Estimate;
  readonly second: Estimate;
  /** Second minus first, on the same resamples. */
  readonly difference: Estimate;
}

export interface Comparison extends Resampling {
  readonly n: number;
  /** The number of images that both classifiers predict correctly. */
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
 * Image i of the first must be image i of the second.
 * Throws a RangeError if their classes or labels differ, so that they cannot be the same images.
 */
export function compare(
  first: LabelledPredictions,
  second: LabelledPredictions,
  options: BootstrapOptions,
): Comparison {
  checkPredictions("compare", first);
  checkPredictions("compare", second);
  const { classes, labels } = first;
  if (classes.join() !== second.classes.join() || labels.join() !== second.labels.join()) {
    throw new RangeError(
      "compare: expected two classifiers' predictions for the same images, got different classes or labels",
    );
  }
  const K = classes.length;
  const cells = [cellsOf(first), cellsOf(second)];
  const numbers = (images?: Int32Array): readonly number[] => {
    const [a, b] = cells.map((own) => {
      const metrics = classificationMetrics(countCells(own, K, images), K);
      return [metrics.accuracy, metrics.meanClassAccuracy, metrics.macroF1];
    }) as [number[], number[]];
    return [...a, ...b, ...b.map((value, i) => value - a[i]!)];
  };
  const estimates = bootstrap(labels, numbers, options);
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

function countAgreement({ labels, predicted }: LabelledPredictions, second: LabelledPredictions) {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  for (const [i, label] of labels.entries()) {
    const [a, b] = [predicted[i] === label, second.predicted[i] === label];
    counts[a ? (b ? "both" : "onlyFirst") : b ? "onlySecond" : "neither"] += 1;
  }
  return counts;
}

/**
 * The two-sided exact p of McNemar's test: 2 P(X <= min(b, c)) for X ~ Binomial(b + c, 1/2), at most 1. The null
 * hypothesis is that an image which one classifier alone predicts correctly is equally likely to be either's.
 *
 * @param b images that the first classifier alone predicts correctly
 * @param c images that the second one alone predicts correctly
 * Throws a RangeError if these are not counts.
 */
export function mcnemarExact(b: number, c: number): number {
  if (!(Number.isInteger(b) && Number.isInteger(c) && b >= 0 && c >= 0)) {
    throw new RangeError(`mcnemarExact: expected two counts of images, got ${b} and ${c}`);
  }
  if (b === c) return 1;
  // The library's table ends where its upper tail has hardly any mass left: always beyond the middle.
  const probabilities = binomialDistribution(b + c, 0.5);
  if (probabilities === undefined) {
    throw new RangeError(`mcnemarExact: expected fewer than a million images, got ${b + c}`);
  }
  return Math.min(1, 2 * sum(probabilities.slice(0, Math.min(b, c) + 1)));
}
