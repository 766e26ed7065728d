/** @file Differences between two settings that were trained with the same seeds. */
import { accuracyDecimals } from "./accuracy.ts";
import { conjunction } from "./columns.ts";
import { pairedT } from "./paired-tests.ts";

/** What one seed gave under a setting: k of n test images right. */
export interface SeedCount {
  readonly seed: number;
  readonly k: number;
  readonly n: number;
}

/** The mean over seeds of a difference between two accuracies, as fractions of one. */
export interface PairedDifference {
  readonly mean: number;
  /** How it is printed. */
  readonly decimals: 1 | 2;
  /** s/√S over the S differences; unknown with one seed. */
  readonly standardError?: number;
}

/**
 * The difference a - b, seed by seed. Runs of one seed start from the same weights and see the images in the same
 * order, so their difference scatters less than either. Undefined if no seed has both.
 */
export function pairedDifference(
  a: readonly SeedCount[],
  b: readonly SeedCount[],
): PairedDifference | undefined {
  const differences = a.flatMap(({ seed, k, n }) => {
    const other = b.find((run) => run.seed === seed);
    return other ? [k / n - other.k / other.n] : [];
  });
  if (differences.length === 0) return undefined;
  const { mean, standardError } = pairedT(differences);
  return { mean, decimals: accuracyDecimals([...a, ...b].map(({ n }) => n)), standardError };
}

/** How many standard errors a difference must exceed to be called one. */
const clear = 2;

/** -1 or 1 if the difference is clear, more than 2 SE; 0 if it may be chance or its error is unknown. */
export function clearSign({ mean, standardError }: PairedDifference): -1 | 0 | 1 {
  if (standardError === undefined || Math.abs(mean) <= clear * standardError) return 0;
  return mean > 0 ? 1 : -1;
}

/** "+1.6", "−0.4": in percentage points. */
export function points(difference: number, decimals: number): string {
  const text = Math.abs(100 * difference).toFixed(decimals);
  if (Number(text) === 0) return text;
  return `${difference < 0 ? "−" : "+"}${text}`;
}

/** "+1.6 ± 0.4", or "+1.6" with one seed: in percentage points, with the standard error. */
export function differenceWords({ mean, standardError, decimals }: PairedDifference): string {
  const difference = points(mean, decimals);
  if (standardError === undefined) return difference;
  return `${difference} ± ${(100 * standardError).toFixed(decimals)}`;
}

/** "a (+1.6 ± 0.4) and b (+0.9 ± 0.3)". */
export function listDifferences(
  named: readonly { readonly name: string; readonly difference: PairedDifference }[],
): string {
  return conjunction.format(
    named.map(({ name, difference }) => `${name} (${differenceWords(difference)})`),
  );
}
