/**
 * @file Tests of a difference between two settings, paired by image or by seed, and the correction for several of them.
 */
import { binomialDistribution } from "simple-statistics";
import { sum } from "@mvt/common";
import { type Interval, meanOverSeeds } from "./statistics.ts";

/** A difference that was measured several times, and what Student's paired test says of its mean. */
export interface PairedT {
  readonly mean: number;
  /** s/√n of the mean; undefined with one difference. */
  readonly standardError?: number;
  /** The two-sided p-value with n - 1 degrees of freedom; undefined with one difference. */
  readonly p?: number;
  /** The 95 % interval of the mean; undefined with one difference. */
  readonly interval?: Interval;
}

/**
 * Student's t-test of the mean of paired differences. Differences that are all equal have p = 1 if they are zero, else 0.
 * Throws a RangeError if there is none.
 *
 * Student, "The probable error of a mean", Biometrika 6, 1908.
 */
export function pairedT(differences: readonly number[]): PairedT {
  if (differences.length === 0) {
    throw new RangeError("pairedT: expected at least one difference, got none");
  }
  const { mean, std } = meanOverSeeds(differences);
  if (std === undefined) return { mean };
  const standardError = std / Math.sqrt(differences.length);
  const df = differences.length - 1;
  const half = tQuantile95(df) * standardError;
  const p = standardError === 0 ? (mean === 0 ? 1 : 0) : studentP(mean / standardError, df);
  return { mean, standardError, p, interval: { low: mean - half, high: mean + half } };
}

/**
 * The two-sided p-value of a t statistic, by the finite series for whole degrees of freedom. It is accurate to
 * 1e-14, absolutely.
 *
 * Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964: 26.7.3 and 26.7.4.
 */
export function studentP(t: number, df: number): number {
  if (!Number.isInteger(df) || df < 1) {
    throw new RangeError(`studentP: expected whole degrees of freedom above 0, got ${df}`);
  }
  const angle = Math.atan2(Math.abs(t), Math.sqrt(df));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = df % 2 === 1;
  // Odd: cos + 2/3 cos³ + 2·4/(3·5) cos⁵ ...; even: 1 + 1/2 cos² + 1·3/(2·4) cos⁴ ...
  let term = odd ? cosine : 1;
  let series = odd && df === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= df - 2; power += 2) {
    term *= ((power - 1) / power) * cosine ** 2;
    series += term;
  }
  const inside = odd ? (2 / Math.PI) * (angle + sine * series) : sine * series;
  return Math.min(1, Math.max(0, 1 - inside));
}

/** The t that 5 % of the distribution exceed on both sides together, by bisection. */
export function tQuantile95(df: number): number {
  let [low, high] = [0, 16]; // 12.7 with one degree of freedom
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (studentP(middle, df) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The two-sided mid-p of McNemar's test: the exact p less half of what the observed split itself contributes. The exact
 * test rejects too rarely; the mid-p keeps close to its level.
 *
 * Fagerland, Lydersen and Laake, "The McNemar test for binary matched-pairs data: mid-p and asymptotic are better than
 * exact conditional", BMC Medical Research Methodology 13, 2013.
 *
 * @param b images that the first classifier alone predicts correctly
 * @param c images that the second one alone predicts correctly
 * Throws a RangeError if these are not counts.
 */
export function mcnemarMidP(b: number, c: number): number {
  if (!(Number.isInteger(b) && Number.isInteger(c) && b >= 0 && c >= 0)) {
    throw new RangeError(`mcnemarMidP: expected two counts of images, got ${b} and ${c}`);
  }
  if (b === c) return 1;
  const probabilities = binomialDistribution(b + c, 0.5);
  if (probabilities === undefined) {
    throw new RangeError(`mcnemarMidP: expected fewer than a million images, got ${b + c}`);
  }
  const split = Math.min(b, c);
  return Math.min(1, 2 * sum(probabilities.slice(0, split)) + probabilities[split]!);
}

/**
 * p-values corrected for their number, in the order given: at a level of 5 %, the chance that any difference is called
 * clear where there is none stays below 5 %.
 *
 * Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
 */
export function holm(ps: readonly number[]): readonly number[] {
  const order = [...ps.keys()].toSorted((a, b) => ps[a]! - ps[b]!);
  const adjusted = Array.from(ps, () => 0);
  let highest = 0;
  for (const [rank, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (ps.length - rank) * ps[i]!));
    adjusted[i] = highest;
  }
  return adjusted;
}
