/** @file How time and peak memory scale with one quantity, such as the batch size, and the power law that fits. */
import { linearRegression } from "simple-statistics";
import { medianSeconds, type Timing } from "./timing.ts";

export interface Scaling {
  /** In the CSV: "batch". */
  readonly id: string;
  /** On the axis: "images per step". */
  readonly quantity: string;
  /** What is timed: "training step". */
  readonly what: string;
  /** By ascending x. */
  readonly points: readonly ScalingPoint[];
}

export interface ScalingPoint {
  readonly x: number;
  readonly timing: Timing;
}

/** y = factor x^exponent. */
export interface PowerLaw {
  readonly factor: number;
  readonly exponent: number;
}

/** Least squares of ln y on ln x; undefined for fewer than three points, which any power law would fit. */
export function powerLaw(points: readonly (readonly [number, number])[]): PowerLaw | undefined {
  if (points.length < 3) return undefined;
  const { m, b } = linearRegression(points.map(([x, y]) => [Math.log(x), Math.log(y)]));
  return { factor: Math.exp(b), exponent: m };
}

/** [x, median seconds of a step] */
export function timesOf({ points }: Scaling): readonly (readonly [number, number])[] {
  return points.map(({ x, timing }) => [x, medianSeconds(timing)]);
}

/** [x, bytes] */
export function peaksOf({ points }: Scaling): readonly (readonly [number, number])[] {
  return points.flatMap(({ x, timing: { peak } }) => (peak === undefined ? [] : [[x, peak]]));
}
