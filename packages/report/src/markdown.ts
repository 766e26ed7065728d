/**
 * @file A table as Markdown, for people: the numbers, how to read them, and where they come from.
 */
import { markdownTable } from "markdown-table";
import type { Accuracy } from "./accuracy.ts";
import type { Measure } from "./measure.ts";
import type { DataKind, Provenance } from "./provenance.ts";
import { provenanceList } from "./provenance-list.ts";
import type { Cell, Column, Table } from "./table.ts";

/**
 * The table with legend, notes and provenance.
 *
 * What the paper prints appears only in rows whose data are real; without such a row the column is
 * absent, and a line says that the numbers can not be compared.
 */
export function toMarkdown(table: Table): string {
  const kinds = new Map(table.provenance.data.map(({ title, kind }) => [title, kind]));
  const anyReal = table.rows.some(({ dataset }) => kinds.get(dataset) === "real");
  const columns = table.columns.filter(
    ({ only, kind }) => only !== "csv" && (kind !== "paper" || anyReal),
  );
  const digits = decimals(table);
  const body = table.rows.map(({ dataset, cells }) =>
    columns.map(({ key }) => printed(cells[key], digits, kinds.get(dataset))),
  );
  const sections = [
    `# ${table.title}`,
    ...syntheticWarning(table.provenance),
    markdownTable([columns.map(({ title }) => title), ...body], { align: columns.map(alignment) }),
    ...section("How to read this table", table.legend),
    ...section("Notes", table.notes),
    ...section("Provenance", provenanceList(table.provenance)),
  ];
  return `${sections.join("\n\n")}\n`;
}

function syntheticWarning({ data }: Provenance): readonly string[] {
  const synthetic = data.filter(({ kind }) => kind === "synthetic").map(({ title }) => title);
  if (synthetic.length === 0) return [];
  const which = synthetic.length === data.length ? "The data are" : `${synthetic.join(", ")}:`;
  return [
    `**${which} synthetic: faces drawn by this project, in the layout of the data set named. These numbers are not comparable with the paper's.**`,
  ];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${heading}`, lines.map((line) => `- ${line}`).join("\n")];
}

function alignment({ kind }: Column): "l" | "r" {
  return kind === "number" || kind === "paper" ? "r" : "l";
}

/** One image more or less is visible: two decimals, as in the paper, from 1000 test images on. */
function decimals({ rows }: Table): number {
  const sizes = rows.flatMap(({ cells }) =>
    Object.values(cells).flatMap((cell) =>
      cell.kind === "accuracy" ? cell.runs.map(({ n }) => n) : [],
    ),
  );
  return Math.min(...sizes) >= 1000 ? 2 : 1;
}

function printed(cell: Cell | undefined, digits: number, kind: DataKind | undefined): string {
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
    case "paper":
      return kind === "real" ? cell.percent.toFixed(cell.decimals ?? 2) : "–";
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
