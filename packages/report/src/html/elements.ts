/** @file What several pages show alike: words, lists, sections, tables that scroll and sort. */
import type { Element, ElementContent } from "hast";
import { sum } from "@mvt/common";
import { h } from "hastscript";
import { provenanceList, type Provenance } from "../provenance.ts";

/** What an element can hold. */
export type Content = ElementContent | string;

/** A sentence in which `these marks` stand around what one types. */
export function words(sentence: string): readonly Content[] {
  return sentence.split("`").map((part, i) => (i % 2 === 1 ? h("code", part) : part));
}

/** Empty if there is nothing to say. */
export function listSection(heading: string, lines: readonly string[]): readonly Element[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => h("li", [...words(line)]));
  return [section(heading, [h("ul.lines", items)])];
}

/** A part of a page, by whose heading assistive technology knows it. */
export function section(heading: string, content: readonly Content[]): Element {
  const id = idOf(heading);
  return h("section", { ariaLabelledBy: [id] }, [h("h2", { id }, heading), ...content]);
}

/** Of a heading; headings of one page differ. */
function idOf(heading: string): string {
  return `s-${heading.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}

export function provenanceSection(provenance: Provenance): readonly Element[] {
  return listSection("Provenance", provenanceList(provenance));
}

/** What is seldom read, closed until it is asked for. */
export function details(summary: string, content: readonly Content[]): Element {
  return h("details", [h("summary", summary), ...content]);
}

/** Terms with what they mean here; a description may have links and code. */
export function facts(
  entries: readonly (readonly [term: string, description: readonly Content[]])[],
): Element {
  return h(
    "dl",
    entries.map(([term, description]) => h("div", [h("dt", term), h("dd", [...description])])),
  );
}

export interface GridColumn {
  readonly title: string;
  /** Numbers are aligned at the right. */
  readonly numeric?: boolean;
  /** The cells name their rows. */
  readonly heads?: boolean;
}

export interface GridCell {
  readonly content: readonly Content[];
  /** The number to sort by, where the words would sort otherwise. */
  readonly sort?: number;
}

export interface Grid {
  /** Says what the table is, above it, or for assistive technology alone. */
  readonly caption: string;
  readonly captionHidden?: boolean;
  /** It scrolls within the height of a screen, so that what follows stays near. */
  readonly tall?: boolean;
  /** By which a filter finds it. */
  readonly id?: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly (readonly (GridCell | undefined)[])[];
}

/**
 * A table that a click or a key on a heading sorts, in a region that scrolls if the screen is too narrow. Columns that are
 * unknown in every row are left out.
 */
export function grid({ caption, captionHidden = false, tall, id, columns, rows }: Grid): Element {
  const known = columns.flatMap((column, i) =>
    rows.some((cells) => cells[i]) ? [{ column, i }] : [],
  );
  const head = known.map(({ column: { title, numeric } }) =>
    h("th", { scope: "col", class: numeric ? "number" : undefined }, title),
  );
  const body = rows.map((cells) =>
    h(
      "tr",
      known.map(({ column, i }) => cellOf(column, cells[i])),
    ),
  );
  const region = scrollRegion(
    caption,
    h("table.sortable", { id }, [
      h("caption", { class: captionHidden ? "unseen" : undefined }, caption),
      h("thead", [h("tr", head)]),
      h("tbody", body),
    ]),
  );
  return tall === true
    ? { ...region, properties: { ...region.properties, className: ["scroll", "tall"] } }
    : region;
}

/** Up to this length a cell is one line. */
const oneLine = 36;

function cellOf({ numeric, heads }: GridColumn, cell: GridCell | undefined): Element {
  const align = numeric ? ["number"] : [];
  if (cell === undefined) return h("td", { class: ["none", ...align] }, "–");
  const { content, sort } = cell;
  const properties = {
    class: [...align, lengthOf(content) <= oneLine ? "line" : "long"],
    dataSort: sort,
  };
  return heads
    ? h("th", { scope: "row", ...properties }, [...content])
    : h("td", properties, [...content]);
}

function lengthOf(content: readonly Content[]): number {
  return sum(
    content.map((node) => {
      if (typeof node === "string") return node.length;
      if (node.type === "element") return lengthOf(node.children);
      return node.type === "text" ? node.value.length : 0;
    }),
  );
}

/** Wide content scrolls inside it; keyboards reach it. */
export function scrollRegion(label: string, ...content: readonly Content[]): Element {
  return h("div.scroll", { role: "region", ariaLabel: label, tabIndex: 0 }, [...content]);
}

export function text(value: string): GridCell {
  return { content: [value] };
}

/** `shown` sorts as this number. */
export function number(value: number, shown = String(value)): GridCell {
  return { ...text(shown), sort: value };
}
