/**
 * @file An accuracy as it was measured: right answers per seed, and what follows from them.
 */
import { mean } from "simple-statistics";
import { standardDeviation, standardError, wilsonInterval, type Interval } from "./statistics.ts";

/** One run's result on the test set: k of n images right. */
export interface RunCount {
  readonly seed: number;
  readonly k: number;
  readonly n: number;
  /** The epoch, counted from 1, whose weights were tested. */
  readonly epoch: number;
}

/** Accuracies are fractions of one; only the printed tables speak of percent. */
export interface Accuracy {
  readonly kind: "accuracy";
  /** By ascending seed. */
  readonly runs: readonly RunCount[];
  readonly mean: number;
  /** Over seeds, n - 1 in the denominator; absent with one seed. */
  readonly std?: number;
  /** 95 % Wilson interval; only with one seed, where the test set is the only spread known. */
  readonly interval?: Interval;
  readonly standardError: number;
  /** The highest mean of its data set. */
  readonly best?: boolean;
}

/** Summarises the runs of one cell. Throws a RangeError where a count is impossible. */
export function accuracy(runs: readonly RunCount[]): Accuracy {
  const [first] = runs;
  if (first === undefined) throw new RangeError("accuracy: expected at least one run, got none");
  for (const { seed, k, n } of runs) {
    if (!(Number.isInteger(k) && Number.isInteger(n) && k >= 0 && k <= n && n > 0)) {
      throw new RangeError(
        `accuracy: expected k right answers of n images with 0 <= k <= n and n > 0, got ${k} of ${n} for seed ${seed}`,
      );
    }
  }
  const proportions = runs.map(({ k, n }) => k / n);
  const std = standardDeviation(proportions);
  return {
    kind: "accuracy",
    runs: runs.toSorted((a, b) => a.seed - b.seed),
    mean: mean(proportions),
    ...(std === undefined ? { interval: wilsonInterval(first.k, first.n) } : { std }),
    standardError: standardError(proportions, Math.min(...runs.map(({ n }) => n))),
  };
}
