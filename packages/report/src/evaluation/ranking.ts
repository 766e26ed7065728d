/** @file How well a score ranks the images of interest before the others. */
import type { Count } from "../accuracy.ts";

/** Of a ranking of n images, k of them positive: those that should come first. */
export interface RankingQuality extends Count {
  /**
   * The probability that a positive scores higher than a negative, ties counting half (Mann and Whitney, 1947).
   * 0.5 for a random order. Undefined without positives or without negatives.
   */
  readonly auroc: number | undefined;
  /**
   * The sum over thresholds of (R_i - R_(i-1)) P_i, precision P and recall R of all that score at least the threshold;
   * equal scores share one. About k/n for a random order. Undefined without positives.
   */
  readonly averagePrecision: number | undefined;
}

/**
 * The two areas, as scikit-learn's roc_auc_score and average_precision_score define them.
 *
 * @param scores [n] high where a positive is expected
 * @param positive [n] above 0 where the image is one
 * @throws RangeError if the lengths differ or a score is NaN.
 */
export function rankingQuality(
  scores: ArrayLike<number>,
  positive: ArrayLike<number>,
): RankingQuality {
  const n = scores.length;
  if (positive.length !== n) {
    throw new RangeError(
      `rankingQuality: expected a score for each of ${positive.length} images, got ${n}`,
    );
  }
  const order = Array.from({ length: n }, (_, i) => i);
  const nan = order.find((i) => Number.isNaN(scores[i]));
  if (nan !== undefined) {
    throw new RangeError(`rankingQuality: expected numbers, got NaN for image ${nan}`);
  }
  order.sort((a, b) => scores[b]! - scores[a]!);
  let [hits, misses, outranked, precisions] = [0, 0, 0, 0];
  for (let start = 0; start < n;) {
    let [tiedHits, tiedMisses, at] = [0, 0, start];
    for (; at < n && scores[order[at]!] === scores[order[start]!]; at += 1) {
      if (positive[order[at]!]! > 0) tiedHits += 1;
      else tiedMisses += 1;
    }
    outranked += tiedMisses * (hits + tiedHits / 2); // pairs in the right order
    hits += tiedHits;
    misses += tiedMisses;
    precisions += (tiedHits * hits) / (hits + misses);
    start = at;
  }
  return {
    k: hits,
    n,
    auroc: hits * misses === 0 ? undefined : outranked / (hits * misses),
    averagePrecision: hits === 0 ? undefined : precisions / hits,
  };
}
