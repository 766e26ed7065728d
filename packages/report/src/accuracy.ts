/** @file An accuracy as it was measured: correct predictions per seed, and what follows from them. */
import {
  type Interval,
  type MeanOverSeeds,
  meanOverSeeds,
  standardError,
  wilsonInterval,
} from "./statistics.ts";

/** k of n: images or labels. */
export interface Count {
  readonly k: number;
  readonly n: number;
}

/** k of the n test images are correct, with the weights of this epoch (counted from 1). */
export interface EpochCount extends Count {
  readonly epoch: number;
}

/** One run's result on the test set. */
export interface RunCount extends EpochCount {
  readonly seed: number;
}

/** Accuracies are fractions of one; only the printed tables show percent. */
export interface Accuracy extends MeanOverSeeds {
  readonly kind: "accuracy";
  /** By ascending seed. */
  readonly runs: readonly RunCount[];
  /** The 95 % Wilson interval; only with one seed, where the test set is the only spread known. */
  readonly interval?: Interval;
  readonly standardError: number;
  /** The highest mean of its data set. */
  readonly best?: boolean;
}

/** Summarises the runs of one cell. Throws a RangeError if a count is impossible. */
export function accuracy(runs: readonly RunCount[]): Accuracy {
  const [first] = runs;
  if (first === undefined) throw new RangeError("accuracy: expected at least one run, got none");
  for (const { seed, k, n } of runs) {
    if (!(Number.isInteger(k) && Number.isInteger(n) && k >= 0 && k <= n && n > 0)) {
      throw new RangeError(
        `accuracy: expected k of n images with 0 <= k <= n and n > 0, got ${k} of ${n} for seed ${seed}`,
      );
    }
  }
  const proportions = runs.map(({ k, n }) => k / n);
  return {
    kind: "accuracy",
    runs: runs.toSorted((a, b) => a.seed - b.seed),
    ...meanOverSeeds(proportions),
    interval: runs.length === 1 ? wilsonInterval(first.k, first.n) : undefined,
    standardError: standardError(proportions, Math.min(...runs.map(({ n }) => n))),
  };
}

/**
 * k of n in percent, without the sign. 100 k / n is exact where k / n is not: 23 of 80 are 28.75 %, which
 * rounds up.
 */
export function countPercent({ k, n }: Count, digits = 1): string {
  return ((100 * k) / n).toFixed(digits);
}

/** From 1000 test images on, two decimals as in the paper: then a difference of one image shows. */
export function accuracyDecimals(testImages: readonly number[]): 1 | 2 {
  return Math.min(...testImages) >= 1000 ? 2 : 1;
}
