/**
 * @file What Table 2 says about itself: how its columns are to be read, and what to keep in mind.
 */
import { table2 as printed } from "./paper/index.ts";
import type { Provenance } from "./provenance.ts";
import type { Column } from "./table.ts";
import type { Selection, Table2Row } from "./table2-row.ts";

const selectionWords: Readonly<Record<Selection, string>> = {
  validation:
    "Accuracy: on the whole test set, with the weights of the epoch that was best on images held out from the training set.",
  last: "Accuracy: on the whole test set, with the weights of the last epoch.",
  "best-on-test":
    "Accuracy: on the whole test set, with the weights of the epoch that was best on that same test set. This is selection on test data, and too high for it.",
};

const columnWords = {
  paper: `Paper: the number that the paper prints in ${printed.table}, ${printed.section}. It gives no spread and does not say how the epoch was chosen.`,
  relabelled:
    "Labels changed: training labels that differ from the data set's files at the end, by seed.",
  relabel_precision: "Precision: of the changed labels, those that are now true.",
  relabel_recall: "Recall: of the labels that were wrong in the files, those that are now true.",
  correct_after: "True labels: of all training labels, before the first epoch and after the last.",
} as const;

/** Explains what Markdown shows, and nothing else. */
export function legend(
  rows: readonly Table2Row[],
  select: Selection,
  columns: readonly Column[],
): readonly string[] {
  const shown = new Set(columns.filter(({ only }) => only !== "csv").map(({ key }) => key));
  const seeds = rows.map(({ runs }) => runs.length);
  return [
    selectionWords[select],
    ...(Math.max(...seeds) > 1
      ? [
          "After ±: the standard deviation over seeds, n − 1 in the denominator. In brackets: images classified right with each seed.",
        ]
      : []),
    ...(Math.min(...seeds) === 1
      ? ["After one seed: the 95 % Wilson interval and the images classified right."]
      : []),
    "Bold: the highest of its data set. Whether a difference may be chance is judged by its standard error, √(SE₁² + SE₂²), where the SE of a mean is the larger of that over seeds, s/√S, and that of the test set, √(p(1 − p)/n).",
    ...Object.entries(columnWords).flatMap(([key, words]) => (shown.has(key) ? [words] : [])),
  ];
}

export function notes(rows: readonly Table2Row[], { scale }: Provenance): readonly string[] {
  const onReal = rows.some(({ kind }) => kind === "real");
  return onReal && scale !== "paper"
    ? [
        `Scale ${scale} is not the paper's model and schedule: the paper's numbers stand here for orientation only.`,
      ]
    : [];
}
