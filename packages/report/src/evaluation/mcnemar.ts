/**
 * @file McNemar's test: whether two classifiers differ, judged by the images on which they disagree.
 *
 * McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
 * Psychometrika 12, 1947; in its exact form, by the binomial distribution.
 */
import { binomialDistribution } from "simple-statistics";

/**
 * The two-sided exact p: 2 P(X <= min(b, c)) for X ~ Binomial(b + c, 1/2), at most 1. If neither is
 * better, each image on which one alone is right goes to either like a coin.
 *
 * @param b images that the first classifier alone has right
 * @param c images that the second one alone has right
 * Throws a RangeError where these are no counts.
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
  const tail = probabilities.slice(0, Math.min(b, c) + 1);
  return Math.min(1, 2 * tail.reduce((total, p) => total + p, 0));
}
