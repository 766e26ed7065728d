/** @file Statistics of a report: the spread over seeds, intervals and standard errors of accuracies. */
import { mean, sampleStandardDeviation } from "simple-statistics";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A measured number with its 95 % interval: a fraction of one, or a difference of two such fractions. */
export interface Estimate {
  readonly value: number;
  /** Absent if nothing is known about the spread. */
  readonly interval?: Interval;
}

export interface MeanOverSeeds {
  readonly mean: number;
  /** The standard deviation over seeds, n - 1 in the denominator; undefined with one seed. */
  readonly std?: number;
}

/** Summarises one value per seed. */
export function meanOverSeeds(values: readonly number[]): MeanOverSeeds {
  const std = values.length < 2 ? undefined : sampleStandardDeviation([...values]);
  return { mean: mean([...values]), std };
}

/** A number measured once per seed that is not a count of images. */
export interface ValuesBySeed extends MeanOverSeeds {
  readonly kind: "values-by-seed";
  /** How it is printed: a fraction of one in percent, or the number as it is. */
  readonly unit: "percent" | "number";
  /** One per seed, by ascending seed. */
  readonly values: readonly number[];
}

/** Summarises one number per seed. Throws a RangeError if there is none. */
export function valuesBySeed(values: readonly number[], unit: ValuesBySeed["unit"]): ValuesBySeed {
  if (values.length === 0) {
    throw new RangeError("valuesBySeed: expected at least one value, got none");
  }
  return { kind: "values-by-seed", unit, values, ...meanOverSeeds(values) };
}

/** The 0.975 quantile of the normal distribution: two-sided 95 %. */
export const z95 = 1.959963984540054;

/**
 * The 95 % score interval of a proportion, k of n, as fractions. Without continuity correction.
 *
 * Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927:
 * (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
 */
export function wilsonInterval(k: number, n: number, z = z95): Interval {
  const p = k / n;
  const scale = 1 + z ** 2 / n;
  const centre = (p + z ** 2 / (2 * n)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2))) / scale;
  // At k = 0 and k = n one end is exact; rounding would leave it at 1e-17 or 1 - 1e-16.
  return { low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half };
}

/**
 * The standard error of a mean accuracy.
 *
 * It is the larger of two: the spread over S seeds, s/√S, and that of the n test images, √(p(1-p)/n).
 * All seeds share the test set, so more seeds never make the second one smaller. Two seeds that happen to
 * agree do not make the error vanish.
 */
export function standardError(proportions: readonly number[], n: number): number {
  const { mean: p, std = 0 } = meanOverSeeds(proportions);
  return Math.max(std / Math.sqrt(proportions.length), Math.sqrt((p * (1 - p)) / n));
}
