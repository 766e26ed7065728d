/** @file Eq. 5 and 6: whether one sample gets a new label. */
import type { Threshold } from "./threshold.ts";

export interface DecideOptions {
  /** f; with the constant f = 0 this is Eq. 5. */
  readonly threshold: Threshold;
  /** The "lower limit" delta, .2 in the paper and in SCN. */
  readonly delta: number;
}

/** What Eq. 6 says about one sample, with the numbers it was decided on. */
export interface Decision {
  /** l_new: the class of the greatest probability if relabelled, else the given label. */
  readonly label: number;
  /** P_max, the greatest probability. */
  readonly pMax: number;
  /** P_gt, the probability of the given label. */
  readonly pGt: number;
  /** f(P_gt) + delta, which P_max - P_gt had to exceed. */
  readonly threshold: number;
  readonly relabelled: boolean;
}

/**
 * Eq. 6: l_new = l_max if P_max - P_gt > f(P_gt) + delta, else the given label.
 *
 * `probabilities` is one softmax row, [K]; of equal maxima the first counts. Nothing is checked here,
 * since this runs once per sample and epoch: `given` must be in 0 .. K - 1. Probabilities that are not
 * numbers (a network that diverged) compare as false and never relabel.
 */
export function decide(
  probabilities: ArrayLike<number>,
  given: number,
  { threshold, delta }: DecideOptions,
): Decision {
  let best = 0;
  for (let k = 1; k < probabilities.length; k += 1) {
    if (probabilities[k]! > probabilities[best]!) {
      best = k;
    }
  }
  const pMax = probabilities[best]!;
  const pGt = probabilities[given]!;
  const limit = threshold.f(pGt) + delta;
  const relabelled = pMax - pGt > limit; // (6)
  return { label: relabelled ? best : given, pMax, pGt, threshold: limit, relabelled };
}
