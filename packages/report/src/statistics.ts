/**
 * @file The few statistics a report needs: spread over seeds, and how sure a count of right answers is.
 */
import { mean, sampleStandardDeviation } from "simple-statistics";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The standard deviation over seeds, with n - 1 in the denominator; unknown for fewer than two. */
export function standardDeviation(values: readonly number[]): number | undefined {
  return values.length < 2 ? undefined : sampleStandardDeviation(values);
}

/** The 0.975 quantile of the normal distribution: two-sided 95 %. */
const z95 = 1.959963984540054;

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
 * How far a mean accuracy may be off, as one standard error.
 *
 * The larger of two: the spread over S seeds, s/√S, and that of the n test images, √(p(1-p)/n).
 * All seeds share the test set, so more seeds never make the second one smaller; and two seeds that
 * happen to agree do not make the error vanish.
 */
export function standardError(proportions: readonly number[], n: number): number {
  const p = mean(proportions);
  const overSeeds = (standardDeviation(proportions) ?? 0) / Math.sqrt(proportions.length);
  return Math.max(overSeeds, Math.sqrt((p * (1 - p)) / n));
}
