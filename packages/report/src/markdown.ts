/** @file A table as Markdown, for people: the numbers, how to read them, and where they come from. */
import { printableLines } from "@mvt/common";
import { markdownTable } from "markdown-table";
import { cellText, type Notation } from "./cell-text.ts";
import { printedTable, syntheticNote } from "./printed-table.ts";
import { provenanceList } from "./provenance.ts";
import type { Cell, Column, Table } from "./table.ts";

/**
 * The table with title, legend, notes and provenance.
 *
 * The paper's numbers appear only in rows of real data. Without such a row the column is absent, and a line
 * says that the numbers cannot be compared.
 */
export function toMarkdown(table: Table): string {
  const sections = [
    `# ${table.title}`,
    ...leadOf(table),
    ...syntheticNote(table.provenance).map((note) => `**${note}**`),
    ...contents(table),
    ...section("Provenance", provenanceList(table.provenance)),
  ];
  return printableLines(`${sections.join("\n\n")}\n`); // titles and names of images are chosen by others
}

/** The same without title and provenance, for a terminal, where the user knows both. */
export function toText(table: Table): string {
  return printableLines(`${[...leadOf(table), ...contents(table)].join("\n\n")}\n`);
}

function leadOf({ lead }: Table): readonly string[] {
  return lead === undefined ? [] : [notation.outside(lead)];
}

function contents(table: Table): readonly string[] {
  return [
    ...markdownTables(table),
    ...section("How to read this table", table.legend),
    ...section("Notes", table.notes),
  ];
}

function markdownTables(table: Table): readonly string[] {
  const { columns, rows, digits } = printedTable(table);
  const grid = (headings: readonly Heading[], body: readonly (readonly (Cell | undefined)[])[]) =>
    gridOf(
      headings,
      body.map((cells) => cells.map((cell) => cellText(cell, digits, notation))),
    );
  const appendices = table.appendices ?? [];
  return [
    ...(rows.length === 0 ? [] : [grid(columns, rows)]),
    ...appendices.flatMap(({ heading, text, ...appendix }) => [
      `## ${heading}`,
      ...(text === undefined ? [] : [text]),
      grid(
        appendix.columns,
        appendix.rows.map((cells) => appendix.columns.map(({ key }) => cells[key])),
      ),
    ]),
  ];
}

/** Characters that Markdown would read as formatting. */
const markup = /[\\|*`<[\]]/g;

const notation: Notation = {
  outside: (words) => words.replaceAll(markup, "\\$&").replaceAll(/\s+/g, " "),
  own: (words) => words,
  bold: (words) => `**${words}**`,
};

type Heading = Pick<Column, "title" | "kind">;

function gridOf(columns: readonly Heading[], rows: readonly (readonly string[])[]): string {
  return markdownTable([columns.map(({ title }) => title), ...rows], {
    align: columns.map(alignment),
  });
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${heading}`, lines.map((line) => `- ${line}`).join("\n")];
}

function alignment({ kind }: Heading): "l" | "r" {
  return kind === "number" || kind === "points" || kind === "paper" ? "r" : "l";
}
