/** @file The sums of a running epoch, to and from its checkpoint. */
import { WeightsError } from "@mvt/core";
import type { PartialEpoch } from "./checkpoint.ts";

/** Numbers that an epoch sums up, by name. */
type Sums<Name extends string> = Record<Name, number>;

/** As a checkpoint holds them. */
export function listed(sums: Sums<string>): PartialEpoch["sums"] {
  return Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, [value]]));
}

/** The sums of an epoch that goes on; `zero` if it begins. Throws WeightsError for a checkpoint that lacks one. */
export function resumedSums<Name extends string>(
  zero: Sums<Name>,
  partial: PartialEpoch | undefined,
): Sums<Name> {
  if (partial === undefined) return { ...zero };
  const values = Object.keys(zero).map((name) => {
    const value = partial.sums[name]?.[0];
    if (value !== undefined) return [name, value] as const;
    throw new WeightsError(`checkpoint: expected the sum ${name} of the running epoch, got none`);
  });
  return Object.fromEntries(values) as Sums<Name>;
}
