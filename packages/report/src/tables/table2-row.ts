/**
 * @file What Table 2 is made from: the finished runs of one function f on one data set.
 */
import type { Share } from "../table.ts";
import type { TestedRow, TestedRun } from "../tested-run.ts";
import type { ThresholdLabel } from "../threshold-label.ts";

/** What relabelling did to the training labels. The shares need the true labels: synthetic data only. */
export interface RelabelOutcome {
  /** Samples whose label at the end is not the one that the data set's files gave. */
  readonly changed: number;
  /** Of the changed labels, those that are now true. */
  readonly precision?: Share;
  /** Of the labels that were wrong in the files, those that are now true. */
  readonly recall?: Share;
  /** Of all training labels, those that were true in the files, and at the end. */
  readonly correctBefore?: Share;
  readonly correctAfter?: Share;
}

export interface Table2Run extends TestedRun {
  readonly relabel?: RelabelOutcome;
}

export interface Table2Row extends TestedRow<Table2Run> {
  readonly f: ThresholdLabel;
  /** δ of Eq. 6, the lower limit of the threshold. */
  readonly delta: number;
}
