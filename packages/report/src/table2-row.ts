/**
 * @file What Table 2 is made from: the finished runs of one function f on one data set.
 */
import type { DataKind } from "./provenance.ts";
import type { Share } from "./table.ts";

/** Whose epoch's weights the printed accuracy belongs to. */
export type Selection = "validation" | "last" | "best-on-test";

/** k of the n test images right, with the weights of this epoch (counted from 1). */
export interface EpochCount extends Share {
  readonly epoch: number;
}

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

export interface Table2Run {
  /** The run's folder under runs/. */
  readonly id: string;
  readonly seed: number;
  /** The epoch that was best on the held-out part of the training set. */
  readonly validation: EpochCount;
  readonly last: EpochCount;
  readonly bestOnTest: EpochCount;
  readonly relabel?: RelabelOutcome;
}

export interface ThresholdLabel {
  /** "constant", "linear", "quadratic", "sigmoid", or the name a plugin gives itself. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly plugin: boolean;
}

/** One function f on one data set, with every seed it was run with. */
export interface Table2Row {
  /** The title of the data set, as in the provenance. */
  readonly dataset: string;
  readonly kind: DataKind;
  readonly f: ThresholdLabel;
  /** δ of Eq. 6, the lower limit of the threshold. */
  readonly delta: number;
  readonly runs: readonly Table2Run[];
}
