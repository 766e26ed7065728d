/** @file A table as LaTeX, for a paper: booktabs, with caption and label. */
import { printableLines } from "@mvt/common";
import { cellText, type Notation } from "./cell-text.ts";
import { printedTable, syntheticNote } from "./printed-table.ts";
import { provenanceList } from "./provenance.ts";
import type { Cell, Column, Table } from "./table.ts";

/** What a document's preamble must load for these tables. */
export const latexPackages = ["adjustbox", "amssymb", "booktabs"] as const;

/**
 * One table environment per table, to be read by \input. The caption says what the data are; legend, notes and
 * provenance follow as comments. The label is tab:<id>, of further tables tab:<id>-2 and so on.
 *
 * Wide and long tables shrink to the page. Special characters are escaped; letters beyond Latin-1 and signs that
 * these reports do not use need XeLaTeX or LuaLaTeX.
 */
export function toLatex(table: Table, { id }: { readonly id: string }): string {
  const { columns, rows, digits } = printedTable(table);
  const lead = table.lead === undefined ? [] : [table.lead];
  const note = syntheticNote(table.provenance);
  const main = { caption: [`${table.title}.`, ...lead, ...note], columns, rows };
  const others = (table.appendices ?? []).map(({ heading, text, ...appendix }) => ({
    caption: [`${heading}.`, ...(text === undefined ? [] : [text])],
    columns: appendix.columns,
    rows: appendix.rows.map((cells) => appendix.columns.map(({ key }) => cells[key])),
  }));
  const floats = [main, ...others]
    .filter((float) => float.rows.length > 0)
    .map((float, i) => floatOf(float, i === 0 ? id : `${id}-${i + 1}`, digits));
  const comments = [
    ...commentSection("How to read this table", table.legend),
    ...commentSection("Notes", table.notes),
    ...commentSection("Provenance", provenanceList(table.provenance)),
  ];
  const needed = `% \\usepackage{${latexPackages.join(",")}}`;
  return printableLines(`${[needed, ...floats, comments.join("\n")].join("\n\n")}\n`);
}

interface Float {
  readonly caption: readonly string[];
  readonly columns: readonly Pick<Column, "title" | "kind">[];
  readonly rows: readonly (readonly (Cell | undefined)[])[];
}

function floatOf({ caption, columns, rows }: Float, label: string, digits: number): string {
  const line = (cells: readonly string[]) => `    ${cells.join(" & ")} \\\\`;
  const alignment = columns.map(({ kind }) => (kind === "number" || kind === "paper" ? "r" : "l"));
  return [
    "\\begin{table}[htbp]",
    "  \\centering",
    `  \\caption{${caption.map(escapeLatex).join(" ")}}`,
    `  \\label{tab:${label}}`,
    "  \\begin{adjustbox}{max totalsize={\\linewidth}{0.8\\textheight}}",
    `  \\begin{tabular}{${alignment.join("")}}`,
    "    \\toprule",
    line(columns.map(({ title }) => escapeLatex(title))),
    "    \\midrule",
    ...rows.map((cells) => line(cells.map((cell) => cellText(cell, digits, notation)))),
    "    \\bottomrule",
    "  \\end{tabular}",
    "  \\end{adjustbox}",
    "\\end{table}",
  ].join("\n");
}

const notation: Notation = {
  outside: escapeLatex,
  own: escapeLatex,
  bold: (words) => `\\textbf{${words}}`,
};

/** What LaTeX would read as a command, and signs that pdfLaTeX's fonts do not have under their own name. */
const signs: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "%": "\\%",
  "&": "\\&",
  "#": "\\#",
  $: "\\$",
  _: "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "''",
  "“": "``",
  "”": "''",
  "[": "{[}", // after the end of a row it would be an option
  "]": "{]}",
  "*": "{*}", // likewise
  "–": "--",
  "±": "$\\pm$",
  "−": "$-$",
  "×": "$\\times$",
  "√": "$\\surd$",
  "≤": "$\\leq$",
  "≥": "$\\geq$",
  "→": "$\\rightarrow$",
  "✓": "$\\checkmark$",
  "✗": "$\\times$",
  "°": "$^\\circ$",
  "†": "$\\dagger$",
  δ: "$\\delta$",
  "₁": "$_1$",
  "₂": "$_2$",
  "²": "$^2$",
};

/** Words as LaTeX prints them, on one line. */
export function escapeLatex(words: string): string {
  const line = words.replaceAll(/\s+/g, " ");
  return Array.from(line, (sign) => signs[sign] ?? sign).join("");
}

function commentSection(heading: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ["%", `% ${heading}`, ...lines.map((line) => `% - ${line.replaceAll(/\s+/g, " ")}`)];
}
