/**
 * @file Bootstrap intervals: how much a metric would vary with other test images of the same kind.
 *
 * Efron and Tibshirani, "An Introduction to the Bootstrap", 1993: sections 6.2 (resampling), 8.3 (the
 * same in each of several samples) and 13.3 (percentile interval).
 */
import { groupBy } from "@mvt/common";
import { quantileSorted } from "simple-statistics";
import type { Estimate, Interval } from "../statistics.ts";

/** How test images are resampled. */
export interface Resampling {
  /** The number of resamples. */
  readonly resamples: number;
  /**
   * Whether images are drawn within each true class, so that every resample has as many images of a class as
   * the test set: for sets that are balanced by design. Otherwise they are drawn from all images at once, and
   * the mix of classes varies too; intervals of the accuracy are then wider, and as wide as Wilson's.
   */
  readonly stratified: boolean;
}

export interface BootstrapOptions extends Resampling {
  /**
   * Uniform over the integers 0 .. below - 1: `integer` of a random stream of @mvt/core. The caller passes it,
   * so that this package does not depend on @mvt/core and a test can choose what is drawn.
   */
  readonly integer: (below: number) => number;
}

/** The default of a report: from seed to seed the ends have a standard error of 0.7 % of the interval's width. */
export const defaultResamples = 10_000;

/**
 * Several statistics with their 95 % percentile intervals, from the same resamples.
 *
 * `statistics` is called without images for the value itself, and with each resample: [n] image indices, as many
 * as there are labels; stratified, the classes in the order of their index. All statistics are computed on the
 * same resamples, so that a difference of two classifiers is paired.
 *
 * A statistic whose value is NaN is undefined. Its interval leaves out resamples where it is NaN, and is absent
 * if all of them are.
 * Throws a RangeError if the number of resamples is not a whole number above zero.
 */
export function bootstrap(
  labels: Int32Array,
  statistics: (images?: Int32Array) => readonly number[],
  { resamples, stratified, integer }: BootstrapOptions,
): readonly (Estimate | undefined)[] {
  if (!Number.isInteger(resamples) || resamples <= 0) {
    throw new RangeError(
      `bootstrap: expected a whole number of resamples above 0, got ${resamples}`,
    );
  }
  const strata = stratified ? byClass(labels) : [[...labels.keys()]];
  const drawn = new Int32Array(labels.length);
  const values: number[][] = [];
  for (let resample = 0; resample < resamples; resample += 1) {
    let at = 0;
    for (const images of strata) {
      for (let i = 0; i < images.length; i += 1, at += 1) {
        drawn[at] = images[integer(images.length)]!;
      }
    }
    for (const [i, value] of statistics(drawn).entries()) (values[i] ??= []).push(value);
  }
  return statistics().map((value, i) =>
    Number.isNaN(value) ? undefined : { value, interval: percentileInterval(values[i]!) },
  );
}

/** Image indices of each class that occurs, classes in the order of their index. */
function byClass(labels: Int32Array): readonly (readonly number[])[] {
  return [...groupBy(labels.keys(), (image) => labels[image]!)]
    .toSorted(([a], [b]) => a - b)
    .map(([, images]) => images);
}

function percentileInterval(values: readonly number[]): Interval | undefined {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).toSorted();
  if (sorted.length === 0) return undefined;
  const quantile = (p: number) => quantileSorted([...sorted], p);
  return { low: quantile(0.025), high: quantile(0.975) };
}
