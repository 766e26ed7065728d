/**
 * @file Cells of the plain kinds, in short.
 */
import type { Estimate } from "../evaluation/estimate.ts";
import type { Cell, EstimateCell } from "../table.ts";

export function text(words: string): Cell {
  return { kind: "text", text: words };
}

export function number(value: number): Cell {
  return { kind: "number", value };
}

/** Measured on so many `images`. */
export function estimateCell(estimate: Estimate, images: number): EstimateCell {
  return { kind: "estimate", ...estimate, images };
}
