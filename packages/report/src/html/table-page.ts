/** @file A table as a page: the same words and numbers as in Markdown, sortable. */
import type { Element } from "hast";
import { h } from "hastscript";
import { cellText, type Notation } from "../cell-text.ts";
import { printedTable, syntheticNote } from "../printed-table.ts";
import type { Cell, Column, Table } from "../table.ts";
import {
  grid,
  listSection,
  provenanceSection,
  section,
  words,
  type Content,
  type GridCell,
} from "./elements.ts";
import { figure } from "./figure-page.ts";
import { htmlPage } from "./page.ts";

/** `figures`: SVG of figures of the same study, shown below the table. */
export function toHtml(
  table: Table,
  { figures = [] }: { readonly figures?: readonly string[] } = {},
): string {
  const { title, lead, legend, notes, provenance, appendices = [] } = table;
  const { columns, rows, digits } = printedTable(table);
  return htmlPage({
    title,
    content: [
      ...(lead === undefined ? [] : [h("p.lead", [...words(lead)])]),
      ...syntheticNote(provenance).map((note) => h("p.note", note)),
      ...(rows.length === 0
        ? []
        : [gridOf({ caption: title, hidden: true, columns, rows, digits })]),
      ...figures.map((svg) => figure(svg, `Figure of ${title}`)),
      ...appendices.map(({ heading, text, columns: own, rows: cells }) =>
        section(heading, [
          ...(text === undefined ? [] : [h("p", [...words(text)])]),
          gridOf({
            caption: heading,
            hidden: true,
            columns: own,
            rows: cells.map((row) => own.map(({ key }) => row[key])),
            digits,
          }),
        ]),
      ),
      ...listSection("How to read this table", legend),
      ...listSection("Notes", notes),
      ...provenanceSection(provenance),
    ],
  });
}

function gridOf({
  caption,
  hidden,
  columns,
  rows,
  digits,
}: {
  readonly caption: string;
  readonly hidden: boolean;
  readonly columns: readonly Pick<Column, "title" | "kind">[];
  readonly rows: readonly (readonly (Cell | undefined)[])[];
  readonly digits: number;
}): Element {
  // The words that begin a row say what it is about.
  const firstNumber = columns.findIndex(({ kind }) => kind !== "text");
  const headings = firstNumber === -1 ? 1 : Math.max(1, firstNumber);
  return grid({
    caption,
    captionHidden: hidden,
    columns: columns.map(({ title, kind }, i) => ({
      title,
      numeric: kind === "number" || kind === "points" || kind === "paper",
      heads: i < headings,
    })),
    rows: rows.map((cells) => cells.map((cell) => cell && gridCell(cell, digits))),
  });
}

/** The words as they are: what writes the page escapes them. */
const plain: Notation = { outside: String, own: String, bold: String };

function gridCell(cell: Cell, digits: number): GridCell {
  const shown = cellText(cell, digits, plain);
  return { content: cellContent(cell, shown), sort: sortValue(cell) };
}

/** First the value, which is what one compares, then the counts that it is made of. */
function cellContent(cell: Cell, shown: string): readonly Content[] {
  const counted = cell.kind === "accuracy" || cell.kind === "count";
  const counts = counted ? shown.indexOf(" (") : -1;
  if (counts === -1) return [shown];
  const best = cell.kind === "accuracy" && cell.best === true;
  return [
    h(best ? "strong" : "span", shown.slice(0, counts)),
    h("span.counts", shown.slice(counts)),
  ];
}

function sortValue(cell: Cell): number | undefined {
  switch (cell.kind) {
    case "accuracy":
    case "values-by-seed":
      return cell.mean;
    case "count":
      return cell.n === 0 ? undefined : cell.k / cell.n;
    case "number":
    case "points":
    case "estimate":
      return cell.value;
    case "paper":
      return cell.percent;
    case "text":
    case "list":
      return undefined;
  }
}
