/** @file A cell as Markdown shows it. */
import { percent } from "@mvt/common";
import { type Accuracy, countPercent } from "./accuracy.ts";
import type { Interval, ValuesBySeed } from "./statistics.ts";
import type { Cell, EstimateCell } from "./table.ts";

/** `digits`: the decimals of accuracies and estimates. */
export function markdownCell(cell: Cell | undefined, digits: number): string {
  if (cell === undefined) return "–";
  switch (cell.kind) {
    case "text":
      return escaped(cell.text);
    case "number":
      return String(cell.value);
    case "list":
      return escaped(cell.values.join(", "));
    case "accuracy":
      return accuracyText(cell, digits);
    case "count":
      return `${cell.n === 0 ? "–" : countPercent(cell)} (${cell.k}/${cell.n})`;
    case "values-by-seed":
      return valuesBySeedText(cell);
    case "estimate":
      return estimateText(cell, digits);
    case "paper":
      return escaped(`${cell.percent.toFixed(cell.decimals ?? 2)}${cell.marks ?? ""}`);
  }
}

/** "78.4 ± 0.6 (390, 394, 392 of 500)" over seeds, "78.0 [74.2, 81.4] (390/500)" for one. */
function accuracyText({ mean, std, interval, runs, best }: Accuracy, digits: number): string {
  const inPercent = (fraction: number) => percent(fraction, digits);
  const value = withDeviation({ mean, std }, inPercent);
  const counts = countsText(runs);
  return `${best === true ? `**${value}**` : value}${intervalText(interval, inPercent)} (${counts})`;
}

/** "97.2 ± 0.8" in percent, "0.853 ± 0.012" as it is; one seed has no spread. */
function valuesBySeedText({ mean, std, unit }: ValuesBySeed): string {
  const inUnit = (value: number) => (unit === "percent" ? percent(value) : value.toFixed(3));
  return withDeviation({ mean, std }, inUnit);
}

function withDeviation(
  { mean, std }: Pick<ValuesBySeed, "mean" | "std">,
  format: (value: number) => string,
): string {
  return std === undefined ? format(mean) : `${format(mean)} ± ${format(std)}`;
}

/** "78.4 [74.2, 81.4]", or "+1.2 [−0.4, 2.8]" for a difference. */
function estimateText({ value, interval, signed }: EstimateCell, digits: number): string {
  // The true minus sign, and no minus before a zero.
  const inPercent = (fraction: number) =>
    percent(fraction, digits)
      .replace(/^-(?=[0.]*$)/, "")
      .replace("-", "−");
  const sign = signed === true && Number(inPercent(value)) > 0 ? "+" : "";
  return `${sign}${inPercent(value)}${intervalText(interval, inPercent)}`;
}

/** " [74.2, 81.4]" */
function intervalText(interval: Interval | undefined, format: (value: number) => string): string {
  return interval === undefined ? "" : ` [${format(interval.low)}, ${format(interval.high)}]`;
}

function countsText(runs: Accuracy["runs"]): string {
  const [first] = runs;
  const oneTestSet = runs.length > 1 && runs.every(({ n }) => n === first?.n);
  return oneTestSet
    ? `${runs.map(({ k }) => k).join(", ")} of ${first?.n}`
    : runs.map(({ k, n }) => `${k}/${n}`).join(", ");
}

/** Characters that Markdown would read as formatting. */
const markup = /[\\|*`<[\]]/g;

/** Names of plugins and data sets come from outside and must not break the table. */
function escaped(words: string): string {
  return words.replaceAll(markup, "\\$&").replaceAll(/\s+/g, " ");
}
