/** @file Eq. 5 and 6: whether one sample gets a new label, and the P_gt above which none can. */
import { argmax } from "@mvt/common";
import type { Threshold, ThresholdContext } from "./threshold.ts";

export interface DecideOptions {
  /** f; with the constant f = 0 this is Eq. 5. */
  readonly threshold: Threshold;
  /** The "lower limit" delta, .2 in the paper and in SCN. */
  readonly delta: number;
  /** Of the sample. Required if f takes a context, ignored if not. */
  readonly context?: ThresholdContext;
}

/** What Eq. 6 says about one sample, with the numbers that it was decided on. */
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
 * This runs once per sample and epoch, so it checks nothing: `given` must be in 0 .. K - 1. Probabilities
 * that are NaN, as from a network that diverged, never relabel.
 *
 * @param probabilities [K] one softmax row; of equal maxima the first counts
 * @throws TypeError if f takes a context and there is none
 */
export function decide(
  probabilities: ArrayLike<number>,
  given: number,
  { threshold, delta, context }: DecideOptions,
): Decision {
  const best = argmax(probabilities);
  const pMax = probabilities[best]!;
  const pGt = probabilities[given]!;
  const limit = valueOf(threshold, pGt, context) + delta;
  const relabelled = pMax - pGt > limit; // (6)
  return { label: relabelled ? best : given, pMax, pGt, threshold: limit, relabelled };
}

function valueOf(
  { name, f, inContext }: Threshold,
  pGt: number,
  context: ThresholdContext | undefined,
): number {
  if (inContext === undefined) return f(pGt);
  if (context !== undefined) return inContext(pGt, context);
  throw new TypeError(
    `decide: expected a context for the threshold "${name}", got none. Pass the context of the sample.`,
  );
}

/**
 * The P_gt from which on no sample can be relabelled, whatever the other probabilities are.
 *
 * Probabilities sum to one, so P_max <= 1 - P_gt, and Eq. 6 can only hold while
 * 1 - 2 P_gt > f(P_gt) + delta. The left side falls and the right side does not, so they cross once. The
 * crossing is found by bisection to the last bit. With delta = .2: .400 constant, .342 quadratic,
 * .326 sigmoid, .267 linear.
 *
 * Of an f that takes a context, this is the cut-off in `neutralContext`.
 *
 * 0 if relabelling is never possible, as with delta >= 1.
 */
export function cutOff({ f }: Threshold, delta: number): number {
  const possible = (pGt: number) => 1 - 2 * pGt > f(pGt) + delta;
  if (!possible(0)) return 0;
  let low = 0; // possible
  let high = 0.5; // impossible: 0 > f + delta never holds
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return high;
    if (possible(middle)) low = middle;
    else high = middle;
  }
}
