/**
 * @file Bootstrap intervals: how much a measure would vary with other test images of the same kind.
 *
 * Efron and Tibshirani, "An Introduction to the Bootstrap", 1993: sections 6.2 (resampling), 8.3 (the
 * same in each of several samples) and 13.3 (percentile interval).
 */
import { quantileSorted } from "simple-statistics";
import type { Interval } from "../statistics.ts";

/** How test images are drawn anew. */
export interface Resampling {
  /** How often. */
  readonly resamples: number;
  /**
   * Within each true class, so that every resample has as many images of it as the test set: for sets
   * that are balanced by design. Otherwise from all images at once, so that the mix of classes varies
   * too: intervals of the accuracy are then wider, and as wide as Wilson's.
   */
  readonly stratified: boolean;
}

export interface BootstrapOptions extends Resampling {
  /**
   * Uniform over the integers 0 .. below - 1: `integer` of a random stream of @mvt/core. Handed in, so
   * that this package stays without dependence on the engine, and a test can say what is drawn.
   */
  readonly integer: (below: number) => number;
}

/** A report's default: the ends move by 0.7 % of the interval's width from seed to seed, as one standard error. */
export const defaultResamples = 10_000;

/**
 * 95 % percentile intervals of several statistics from the same resamples.
 *
 * A resample is [n] image indices, as many as there are labels; stratified, the classes in order of
 * their index. All statistics see the same ones, so that a difference of two classifiers is one of pairs.
 *
 * An interval is undefined where its statistic was NaN in every resample; single NaN are left out.
 * Throws a RangeError where the number of resamples is no whole number above zero.
 */
export function bootstrapIntervals(
  labels: Int32Array,
  statistics: (images: Int32Array) => readonly number[],
  { resamples, stratified, integer }: BootstrapOptions,
): readonly (Interval | undefined)[] {
  if (!Number.isInteger(resamples) || resamples <= 0) {
    throw new RangeError(
      `bootstrapIntervals: expected a whole number of resamples above 0, got ${resamples}`,
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
  return values.map(percentileInterval);
}

/** Image indices of each class that occurs, classes in order of their index. */
function byClass(labels: Int32Array): readonly (readonly number[])[] {
  return [...Map.groupBy(labels.keys(), (image) => labels[image]!)]
    .toSorted(([a], [b]) => a - b)
    .map(([, images]) => images);
}

function percentileInterval(values: readonly number[]): Interval | undefined {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).toSorted();
  if (sorted.length === 0) return undefined;
  const quantile = (p: number) => quantileSorted([...sorted], p);
  return { low: quantile(0.025), high: quantile(0.975) };
}
