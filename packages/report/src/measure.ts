/**
 * @file A number that is no count: measured once per seed, with its spread.
 */
import { mean } from "simple-statistics";
import { standardDeviation } from "./statistics.ts";

export interface Measure {
  readonly kind: "measure";
  /** How it is printed: a fraction of one in percent, or the number as it is. */
  readonly unit: "percent" | "number";
  /** One per seed, by ascending seed. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Over seeds, n - 1 in the denominator; absent with one seed. */
  readonly std?: number;
}

/** Summarises one number per seed. Throws a RangeError where there is none. */
export function measure(values: readonly number[], unit: Measure["unit"]): Measure {
  if (values.length === 0) throw new RangeError("measure: expected at least one value, got none");
  const std = standardDeviation(values);
  return {
    kind: "measure",
    unit,
    values,
    mean: mean(values),
    ...(std === undefined ? {} : { std }),
  };
}
