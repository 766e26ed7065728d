/** @file The area under the ROC curve. */
import { wilcoxonRankSum } from "simple-statistics";

/**
 * The probability that a positive scores higher than a negative, ties counting half: the rank sum of
 * the positives (Mann and Whitney, 1947). Undefined where there are no positives or no negatives.
 */
export function auc(scores: ArrayLike<number>, positive: ArrayLike<number>): number | undefined {
  const all = Array.from(scores);
  const positives = all.filter((_, i) => positive[i]! > 0);
  const negatives = all.filter((_, i) => positive[i]! <= 0);
  const [n, m] = [positives.length, negatives.length];
  if (n === 0 || m === 0) return undefined;
  return (wilcoxonRankSum(positives, negatives) - (n * (n + 1)) / 2) / (n * m);
}
