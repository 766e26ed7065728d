/** @file The range of a mask's values, which the mask's colours span. */
import { sum } from "@mvt/common";

export interface MaskScale {
  readonly least: number;
  readonly most: number;
  /** Whether all values are equal within the rounding of engines. Such a mask has one colour. */
  readonly flat: boolean;
  /** From 0, at `least`, to 1, at `most`; 0.5 on a flat mask. */
  readonly position: (value: number) => number;
  /** A value of the mask with 2 decimals, or with as many as tell the two ends apart. */
  readonly text: (value: number) => string;
  /** "M_p from 0.13 to 0.17, mean 0.15" */
  readonly summary: string;
}

/** Engines differ by less: see "The same predictions as in Node.js" in docs/guides/page.md. */
const rounding = 1e-6;

/** The scale of a mask [N]. */
export function maskScale(mask: Float32Array): MaskScale {
  const [least, most] = [Math.min(...mask), Math.max(...mask)];
  const range = most - least;
  const flat = range < rounding;
  const decimals = flat ? 2 : Math.max(2, 1 - Math.ceil(Math.log10(range)));
  const text = (value: number) => value.toFixed(decimals);
  const mean = sum(mask) / mask.length;
  return {
    least,
    most,
    flat,
    position: (value) => (flat ? 0.5 : (value - least) / range),
    text,
    summary: flat
      ? `M_p is ${text(mean)} everywhere`
      : `M_p from ${text(least)} to ${text(most)}, mean ${text(mean)}`,
  };
}
