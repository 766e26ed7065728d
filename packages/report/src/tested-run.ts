/**
 * @file What every table of accuracies is made from: finished runs, tested after three of their epochs.
 */
import type { DataKind } from "./provenance.ts";
import type { Share } from "./table.ts";

/** Whose epoch's weights the printed accuracy belongs to. */
export type Selection = "validation" | "last" | "best-on-test";

/** k of the n test images right, with the weights of this epoch (counted from 1). */
export interface EpochCount extends Share {
  readonly epoch: number;
}

export interface TestedRun {
  /** The run's folder under runs/. */
  readonly id: string;
  readonly seed: number;
  /** The epoch that was best on the held-out part of the training set. */
  readonly validation: EpochCount;
  readonly last: EpochCount;
  readonly bestOnTest: EpochCount;
}

/** One setting on one data set, with every seed it was run with. */
export interface TestedRow<Run extends TestedRun = TestedRun> {
  /** The title of the data set, as in the provenance. */
  readonly dataset: string;
  readonly kind: DataKind;
  readonly runs: readonly Run[];
}
