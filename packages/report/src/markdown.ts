/** @file A table as Markdown, for people: the numbers, how to read them, and where they come from. */
import { printableLines } from "@mvt/common";
import { markdownTable } from "markdown-table";
import { accuracyDecimals } from "./accuracy.ts";
import { markdownCell } from "./markdown-cell.ts";
import { type Provenance, provenanceList } from "./provenance.ts";
import type { Appendix, Column, Table } from "./table.ts";

/**
 * The table with title, legend, notes and provenance.
 *
 * The paper's numbers appear only in rows of real data. Without such a row the column is absent, and a line
 * says that the numbers cannot be compared.
 */
export function toMarkdown(table: Table): string {
  const sections = [
    `# ${table.title}`,
    ...syntheticWarning(table.provenance),
    ...contents(table),
    ...section("Provenance", provenanceList(table.provenance)),
  ];
  return printableLines(`${sections.join("\n\n")}\n`); // titles and names of images are chosen by others
}

/** The same without title and provenance, for a terminal, where the user knows both. */
export function toText(table: Table): string {
  return printableLines(`${contents(table).join("\n\n")}\n`);
}

function contents(table: Table): readonly string[] {
  return [
    ...markdownTables(table),
    ...section("How to read this table", table.legend),
    ...section("Notes", table.notes),
  ];
}

function markdownTables(table: Table): readonly string[] {
  const real = new Set(
    table.provenance.data.filter(({ kind }) => kind === "real").map(({ title }) => title),
  );
  const isReal = (dataset?: string) => dataset !== undefined && real.has(dataset);
  const anyReal = table.rows.some(({ dataset }) => isReal(dataset));
  const columns = table.columns.filter(
    ({ only, kind }) => only !== "csv" && (kind !== "paper" || anyReal),
  );
  const digits = decimals(table);
  const rows = table.rows.map(({ dataset, cells }) =>
    columns.map(({ key }) => {
      const comparable = cells[key]?.kind !== "paper" || isReal(dataset);
      return markdownCell(comparable ? cells[key] : undefined, digits);
    }),
  );
  const appendices = table.appendices ?? [];
  return [
    ...(rows.length === 0 ? [] : [gridOf(columns, rows)]),
    ...appendices.flatMap((appendix) => appendixSections(appendix, digits)),
  ];
}

function appendixSections({ heading, text, columns, rows }: Appendix, digits: number) {
  const body = rows.map((cells) => columns.map(({ key }) => markdownCell(cells[key], digits)));
  return [`## ${heading}`, ...(text === undefined ? [] : [text]), gridOf(columns, body)];
}

type Heading = Pick<Column, "title" | "kind">;

function gridOf(columns: readonly Heading[], rows: readonly (readonly string[])[]): string {
  return markdownTable([columns.map(({ title }) => title), ...rows], {
    align: columns.map(alignment),
  });
}

function syntheticWarning({ data }: Provenance): readonly string[] {
  const synthetic = data.filter(({ kind }) => kind === "synthetic").map(({ title }) => title);
  if (synthetic.length === 0) return [];
  const some = synthetic.length < data.length ? ` of ${synthetic.join(", ")}` : "";
  return [
    `**The data${some} are synthetic: faces drawn by this project, in the file layout of the named data set. These numbers are not comparable with the paper's.**`,
  ];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${heading}`, lines.map((line) => `- ${line}`).join("\n")];
}

function alignment({ kind }: Heading): "l" | "r" {
  return kind === "number" || kind === "paper" ? "r" : "l";
}

function decimals({ rows }: Table): number {
  const sizes = rows.flatMap(({ cells }) =>
    Object.values(cells).flatMap((cell) =>
      cell?.kind === "accuracy"
        ? cell.runs.map(({ n }) => n)
        : cell?.kind === "estimate"
          ? [cell.images]
          : [],
    ),
  );
  return accuracyDecimals(sizes);
}
