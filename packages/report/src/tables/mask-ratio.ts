/**
 * @file The mask ratio m: what it may be, and how it is printed.
 */

/** Throws a RangeError, in the name of `table`, where m is no share of a picture that leaves some of it. */
export function checkMaskRatio(table: string, dataset: string, m: number, lowest: "0" | "above 0") {
  if (m >= 0 && m < 1 && (m > 0 || lowest === "0")) return;
  throw new RangeError(
    `${table}: expected a mask ratio m from ${lowest} to below 1 on ${dataset}, got ${m}`,
  );
}

/** "15", "12.5": in percent, without the digits that binary fractions add. */
export function maskPercent(m: number): string {
  return String(Number((100 * m).toFixed(4)));
}

/** 0.15 and 3 × 0.05 are the same ratio. */
export function sameRatio(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Math.abs(a - b) < 1e-9;
}
