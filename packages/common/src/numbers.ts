/** @file Small numerics. Means, medians and deviations come from simple-statistics. */

/** The index of the largest value; the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i]! > values[best]!) best = i;
  return best;
}

/** The sum in the order of the values; 0 of none. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** A share as a percentage without its sign: percent(0.8537) is "85.4". */
export function percent(share: number, digits = 1): string {
  return (100 * share).toFixed(digits);
}
