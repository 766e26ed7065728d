/**
 * @file A measured number with its 95 % interval.
 */
import type { Interval } from "../statistics.ts";

/** Fractions of one, or differences of such. */
export interface Estimate {
  readonly value: number;
  /** Absent where nothing is known of the spread. */
  readonly interval?: Interval;
}

/** Undefined where the value is not defined (NaN). */
export function estimate(value: number, interval: Interval | undefined): Estimate | undefined {
  if (Number.isNaN(value)) return undefined;
  return interval === undefined ? { value } : { value, interval };
}
