/** @file A cell as a report for people shows it, in the notation of its format. */
import { percent } from "@mvt/common";
import { type Accuracy, countPercent } from "./accuracy.ts";
import { points } from "./paired.ts";
import type { Interval, ValuesBySeed } from "./statistics.ts";
import type { Cell, EstimateCell } from "./table.ts";

/** How a format writes what a cell says. */
export interface Notation {
  /** Words from outside: names of plugins and data sets. They must not break the table. */
  readonly outside: (words: string) => string;
  /** Numbers and signs of our own. */
  readonly own: (words: string) => string;
  readonly bold: (words: string) => string;
}

/** `digits`: the decimals of accuracies and estimates. */
export function cellText(cell: Cell | undefined, digits: number, notation: Notation): string {
  if (cell?.kind === "accuracy") return accuracyText(cell, digits, notation);
  const [side, words] = plainText(cell, digits);
  return notation[side](words);
}

/** Words without formatting, and whose they are. */
function plainText(
  cell: Exclude<Cell, Accuracy> | undefined,
  digits: number,
): readonly ["own" | "outside", string] {
  if (cell === undefined) return ["own", "–"];
  switch (cell.kind) {
    case "text":
      return ["outside", cell.text];
    case "number":
      return ["own", String(cell.value)];
    case "list":
      return ["outside", cell.values.join(", ")];
    case "count":
      return ["own", `${cell.n === 0 ? "–" : countPercent(cell)} (${cell.k}/${cell.n})`];
    case "values-by-seed":
      return ["own", valuesBySeedText(cell)];
    case "estimate":
      return ["own", estimateText(cell, digits)];
    case "points":
      return ["own", points(cell.value, digits)];
    case "paper":
      return ["outside", `${cell.percent.toFixed(cell.decimals ?? 2)}${cell.marks ?? ""}`];
  }
}

/** "78.4 ± 0.6 (390, 394, 392 of 500)" over seeds, "78.0 [74.2, 81.4] (390/500)" for one. */
function accuracyText(
  { mean, std, interval, runs, best }: Accuracy,
  digits: number,
  { own, bold }: Notation,
): string {
  const inPercent = (fraction: number) => percent(fraction, digits);
  const value = own(withDeviation({ mean, std }, inPercent));
  const rest = own(`${intervalText(interval, inPercent)} (${countsText(runs)})`);
  return `${best === true ? bold(value) : value}${rest}`;
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
