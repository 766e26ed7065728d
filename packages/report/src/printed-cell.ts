/**
 * @file A cell as Markdown prints it.
 */
import type { Accuracy } from "./accuracy.ts";
import type { Measure } from "./measure.ts";
import type { Cell, EstimateCell } from "./table.ts";

/** `digits`: the decimals of accuracies and estimates. */
export function printed(cell: Cell | undefined, digits: number): string {
  if (cell === undefined) return "–";
  switch (cell.kind) {
    case "text":
      return escaped(cell.text);
    case "number":
      return String(cell.value);
    case "list":
      return escaped(cell.values.join(", "));
    case "accuracy":
      return printedAccuracy(cell, digits);
    case "share":
      return cell.n === 0
        ? `– (0/0)`
        : `${((100 * cell.k) / cell.n).toFixed(1)} (${cell.k}/${cell.n})`;
    case "measure":
      return printedMeasure(cell);
    case "estimate":
      return printedEstimate(cell, digits);
    case "paper":
      return escaped(`${cell.percent.toFixed(cell.decimals ?? 2)}${cell.marks ?? ""}`);
  }
}

/** "78.4 ± 0.6 (390, 394, 392 of 500)" over seeds, "78.0 [74.2, 81.4] (390/500)" for one. */
function printedAccuracy(accuracy: Accuracy, digits: number): string {
  const percent = (fraction: number) => (100 * fraction).toFixed(digits);
  const { mean, std, interval, runs, best } = accuracy;
  const value = std === undefined ? percent(mean) : `${percent(mean)} ± ${percent(std)}`;
  const range =
    interval === undefined ? "" : ` [${percent(interval.low)}, ${percent(interval.high)}]`;
  return `${best === true ? `**${value}**` : value}${range} (${printedCounts(runs)})`;
}

/** "97.2 ± 0.8" in percent, "0.853 ± 0.012" as it is; one seed has no spread. */
function printedMeasure({ mean, std, unit }: Measure): string {
  const inUnit = (value: number) =>
    unit === "percent" ? (100 * value).toFixed(1) : value.toFixed(3);
  return std === undefined ? inUnit(mean) : `${inUnit(mean)} ± ${inUnit(std)}`;
}

/** "78.4 [74.2, 81.4]", or "+1.2 [-0.4, 2.8]" for a difference. */
function printedEstimate({ value, interval, signed }: EstimateCell, digits: number): string {
  // The true minus sign, and no minus before a zero.
  const percent = (fraction: number) =>
    (100 * fraction)
      .toFixed(digits)
      .replace(/^-(?=[0.]*$)/, "")
      .replace("-", "−");
  const sign = signed === true && Number(percent(value)) > 0 ? "+" : "";
  const range =
    interval === undefined ? "" : ` [${percent(interval.low)}, ${percent(interval.high)}]`;
  return `${sign}${percent(value)}${range}`;
}

function printedCounts(runs: Accuracy["runs"]): string {
  const [first] = runs;
  const oneTestSet = runs.length > 1 && runs.every(({ n }) => n === first?.n);
  return oneTestSet
    ? `${runs.map(({ k }) => k).join(", ")} of ${first?.n}`
    : runs.map(({ k, n }) => `${k}/${n}`).join(", ");
}

/** Names of plugins and data sets come from outside and must not break the table. */
function escaped(text: string): string {
  return text.replaceAll(/[\\|*`<[\]]/g, String.raw`\$&`).replaceAll(/\s+/g, " ");
}
