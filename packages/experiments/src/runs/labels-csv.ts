/**
 * @file labels.csv, in which a classifier keeps the labels of its training images and how doubtful they are.
 *
 *     id,given,current,true,self_confidence,normalized_margin,aum,changed_epochs
 *     train_00001,anger,fear,fear,0.012345,0.100000,-1.234567,10 14
 *
 * One line per training image, in their order. `given` is the label that the run was given, `current` the one after
 * relabelling, `true` is empty where it is unknown. The scores are those of the given label and empty for an image
 * that was never drawn. `changed_epochs` are the epochs that changed the label.
 */
import { groupBy } from "@mvt/common";
import { stringify } from "csv-stringify/sync";
import type { LabelLedger, TrainingHistory } from "@mvt/relabel";

/** The columns of labels.csv, in their order. */
export const labelColumns = [
  "id",
  "given",
  "current",
  "true",
  "self_confidence",
  "normalized_margin",
  "aum",
  "changed_epochs",
] as const;

export interface TrainedLabels {
  /** The labels, by the names of its classes. */
  readonly ledger: LabelLedger;
  /** What the network said about the same images. */
  readonly history: TrainingHistory;
  /** [n] true classes, -1 where unknown; absent if all are. */
  readonly truth?: ArrayLike<number>;
}

/** The text of labels.csv. Scores have 6 digits after the point. */
export function labelsCsv({ ledger, history, truth }: TrainedLabels): string {
  const { ids, classes, changes } = ledger;
  const changesOf = groupBy(changes, ({ id }) => id);
  const rows = ids.map((id, i) => {
    const scores = history.scores(i);
    const { selfConfidence, normalizedMargin, aum } = scores ?? {};
    const epochs = changesOf.get(id)?.map(({ epoch }) => epoch) ?? [];
    return [
      id,
      classes[ledger.given(i)]!,
      classes[ledger.current(i)]!,
      classes[truth?.[i] ?? -1] ?? "",
      ...[selfConfidence, normalizedMargin, aum].map((score) => score?.toFixed(6) ?? ""),
      epochs.join(" "),
    ];
  });
  return stringify([[...labelColumns], ...rows]);
}
