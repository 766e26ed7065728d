/**
 * @file A run whose answers are measured, as reports name it, and how intervals are explained there.
 */
import type { Resampling } from "../evaluation/bootstrap.ts";
import type { DataKind } from "../provenance.ts";
import type { Cells, Column } from "../table.ts";
import { number, text } from "./cells.ts";

export interface EvaluatedRun {
  /** The run's folder under runs/. */
  readonly id: string;
  /** "RAF-DB, linear, seed 0". */
  readonly title: string;
  /** The title of the data set, as in the provenance. */
  readonly dataset: string;
  readonly kind: DataKind;
  /** "test". */
  readonly split: string;
  /** Which of its weights answered: "validation-best". */
  readonly weights: string;
}

/** How the intervals of a report came about. */
export function bootstrapLegend({ resamples, stratified }: Resampling): string {
  const drawn = stratified
    ? "drawn with replacement within each true class (stratified)"
    : "drawn with replacement from all (not stratified by class)";
  return `In brackets: the 95 % percentile interval of ${resamples} bootstrap resamples of the images, ${drawn}. It tells what other test images could change, not what another seed could.`;
}

export function resamplingCells({ resamples, stratified }: Resampling): Cells {
  return { resamples: number(resamples), stratified: text(String(stratified)) };
}

export const resamplingColumns: readonly Column[] = [
  { key: "resamples", title: "Resamples", kind: "number", only: "csv" },
  { key: "stratified", title: "Stratified", kind: "text", only: "csv" },
];
