/**
 * @file How time and memory grow with one quantity, and the power law that fits best.
 */
import { linearRegression } from "simple-statistics";
import { type Timing, typicalSeconds } from "./timing.ts";

export interface Growth {
  /** In the CSV: "batch". */
  readonly id: string;
  /** On the axis: "images per step". */
  readonly quantity: string;
  /** What a time is the time of: "training step". */
  readonly what: string;
  /** By ascending x. */
  readonly points: readonly GrowthPoint[];
}

export interface GrowthPoint {
  readonly x: number;
  readonly timing: Timing;
}

/** y = factor x^exponent. */
export interface PowerLaw {
  readonly factor: number;
  readonly exponent: number;
}

/** Least squares of ln y on ln x; undefined for fewer than three points, through which anything fits. */
export function powerLaw(points: readonly (readonly [number, number])[]): PowerLaw | undefined {
  if (points.length < 3) return undefined;
  const { m, b } = linearRegression(points.map(([x, y]) => [Math.log(x), Math.log(y)]));
  return { factor: Math.exp(b), exponent: m };
}

/** [x, seconds of a step] */
export function timesOf({ points }: Growth): readonly (readonly [number, number])[] {
  return points.map(({ x, timing }) => [x, typicalSeconds(timing)]);
}

/** [x, bytes] */
export function peaksOf({ points }: Growth): readonly (readonly [number, number])[] {
  return points.flatMap(({ x, timing: { peak } }) => (peak === undefined ? [] : [[x, peak]]));
}
