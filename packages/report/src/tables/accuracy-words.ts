/**
 * @file What every table of accuracies says about itself: how its columns are to be read, and what to keep in mind.
 */
import type { PaperTable } from "../paper/index.ts";
import type { DataKind, Provenance } from "../provenance.ts";
import type { Column } from "../table.ts";
import type { Selection } from "../tested-run.ts";
import { shownKeys } from "./known-columns.ts";

const selectionWords: Readonly<Record<Selection, string>> = {
  validation:
    "Accuracy: on the whole test set, with the weights of the epoch that was best on images held out from the training set.",
  last: "Accuracy: on the whole test set, with the weights of the last epoch.",
  "best-on-test":
    "Accuracy: on the whole test set, with the weights of the epoch that was best on that same test set. This is selection on test data, and too high for it.",
};

/** `seeds`: how many each row was run with. */
export function accuracyLegend(seeds: readonly number[], select: Selection): readonly string[] {
  return [selectionWords[select], ...spreadLegend(seeds)];
}

/** What stands after an accuracy. */
export function spreadLegend(seeds: readonly number[]): readonly string[] {
  return [
    ...(Math.max(...seeds) > 1
      ? [
          "After ±: the standard deviation over seeds, n − 1 in the denominator. In brackets: images classified right with each seed.",
        ]
      : []),
    ...(Math.min(...seeds) === 1
      ? ["After one seed: the 95 % Wilson interval and the images classified right."]
      : []),
  ];
}

export const bestLegend =
  "Bold: the highest of its data set. Whether a difference may be chance is judged by its standard error, √(SE₁² + SE₂²), where the SE of a mean is the larger of that over seeds, s/√S, and that of the test set, √(p(1 − p)/n).";

/** Where the paper's numbers stand in print; nothing where none is shown. */
export function paperLegend(
  { table, section }: PaperTable<unknown>,
  columns: readonly Column[],
): readonly string[] {
  return shownKeys(columns).has("paper")
    ? [
        `Paper: the number that the paper prints in ${table}, ${section}. It gives no spread and does not say how the epoch was chosen.`,
      ]
    : [];
}

export function scaleNotes(
  rows: readonly { readonly kind: DataKind }[],
  { scale }: Provenance,
): readonly string[] {
  const onReal = rows.some(({ kind }) => kind === "real");
  return onReal && scale !== "paper"
    ? [
        `Scale ${scale} is not the paper's model and schedule: the paper's numbers stand here for orientation only.`,
      ]
    : [];
}
