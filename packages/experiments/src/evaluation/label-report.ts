/** @file The report of a run's labels: the ranking, the scores against known wrong labels, the changes by class. */
import { labelFlow } from "@mvt/report";
import type { DataKind, LabelFlow, LabelReport } from "@mvt/report";
import type { LabelLine } from "../runs/read-labels.ts";
import { rankedImage, rankLabels } from "./label-ranking.ts";
import type { ScoredColumn } from "./label-ranking.ts";

/** A finished run, as its files describe it. */
export interface LabelledRun {
  readonly id: string;
  /** "RAF-DB, linear, seed 0". */
  readonly title: string;
  /** The title of the data set. */
  readonly dataset: string;
  readonly kind: DataKind;
  /** By name, in the order of the class indices. */
  readonly classes: readonly string[];
  readonly lines: readonly LabelLine[];
  /** Whether it relabels. */
  readonly relabels: boolean;
}

export interface RankingRequest {
  readonly columns: readonly ScoredColumn[];
  /** The place of the column to rank by. */
  readonly rankedBy: number;
  /** How many images to list. */
  readonly top: number;
  /** The number of folds that out-of-sample scores come from. */
  readonly folds?: number;
}

export function labelReport(
  { lines, relabels, ...run }: LabelledRun,
  { columns, rankedBy, top, folds }: RankingRequest,
): LabelReport {
  const { classes } = run;
  const order = rankLabels(columns[rankedBy]!);
  return {
    ...run,
    imagesByClass: classes.map((name) => lines.filter(({ given }) => given === name).length),
    scores: columns,
    rankedBy,
    ranked: order.slice(0, top).map((i) => rankedImage(lines[i]!, i, columns)),
    flow: relabels ? flowOf(lines, classes) : undefined,
    folds,
  };
}

function flowOf(lines: readonly LabelLine[], classes: readonly string[]): LabelFlow {
  const index = (name: string) => classes.indexOf(name);
  return labelFlow({
    classes,
    given: lines.map(({ given }) => index(given)),
    current: lines.map(({ current }) => index(current)),
    truth: lines.map(({ truth }) => (truth === undefined ? undefined : index(truth))),
  });
}
