/** @file Where a threshold stops relabelling: what tells two functions f apart. */
import type { Threshold } from "./threshold.ts";

/**
 * The P_gt from which on no sample can be relabelled, whatever else the network says.
 *
 * Probabilities sum to one, so P_max <= 1 - P_gt, and Eq. 6 can only hold while
 * 1 - 2 P_gt > f(P_gt) + delta. The left side falls and the right side does not, so there is one
 * crossing, found by bisection to the last bit. With delta = .2: .400 constant, .342 quadratic,
 * .326 sigmoid, .267 linear.
 *
 * 0 when relabelling is never possible, as with delta >= 1.
 */
export function cutOff({ f }: Threshold, delta: number): number {
  const possible = (pGt: number) => 1 - 2 * pGt > f(pGt) + delta;
  if (!possible(0)) {
    return 0;
  }
  let low = 0; // possible
  let high = 0.5; // impossible: 0 > f + delta never holds
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) {
      return high;
    }
    if (possible(middle)) {
      low = middle;
    } else {
      high = middle;
    }
  }
}
