/**
 * @file A run whose answers are measured, as reports name it.
 */
import type { DataKind } from "../provenance.ts";

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
export function bootstrapLegend(resamples: number): string {
  return `In brackets: the 95 % percentile interval of ${resamples} bootstrap resamples of the images, drawn with replacement within each true class, so that every resample has the classes' own numbers of images. It tells what other test images could change, not what another seed could.`;
}
