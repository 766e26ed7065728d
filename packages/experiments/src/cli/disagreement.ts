/** @file How `data check` prints where FER2013's labels and FERPlus' votes disagree. */
import { alignColumns, percent, sum } from "@mvt/common";
import type { Disagreement } from "@mvt/datasets";

/** A matrix with a row per label of FER2013 and a column per class of the votes. */
export function describeDisagreement({
  given,
  truth,
  counts,
  wrong,
}: Disagreement): readonly string[] {
  const images = counts.map((row) => sum(row));
  const [allWrong, all] = [sum(wrong), sum(images)];
  const share = (k: number, n: number) => `${percent(k / n)} %`;
  const table = [
    ["", ...truth, "images", "differ", "share"],
    ...given.map((name, i) => [
      name,
      ...counts[i]!.map(String),
      `${images[i]}`,
      `${wrong[i]}`,
      share(wrong[i]!, images[i]!),
    ]),
    [
      "all",
      ...truth.map((_, j) => `${sum(counts.map((row) => row[j]!))}`),
      `${all}`,
      `${allWrong}`,
      share(allWrong, all),
    ],
  ];
  return [
    "training labels of FER2013 in rows, votes of FERPlus in columns:",
    ...alignColumns(table).map((line) => `  ${line}`),
  ];
}
