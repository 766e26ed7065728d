/**
 * @file What Tables 4 and 5 have in common: our runs among the methods that the paper compares with.
 *
 * What the paper prints was measured on real images. Where ours are real too, its lines stand in the
 * table, above our own; where ours are synthetic, they stand in a table of their own below, and no
 * column holds both.
 */
import { references, type PaperResult, type PaperTable } from "../paper/index.ts";
import type { DataKind } from "../provenance.ts";
import type { Appendix, Cells, Column, PaperCell, Row } from "../table.ts";
import { paperLegend } from "./accuracy-words.ts";
import { number, text } from "./cells.ts";
import { type Configuration, configurationWords, sameConfiguration } from "./configuration.ts";

/** Our runs on one data set or a part of it, and the paper's lines on the same. */
export interface MethodGroup<Result extends PaperResult> extends Configuration {
  readonly dataset: string;
  readonly kind: DataKind;
  /** Of every line of the group: which part it is of. */
  readonly common: Cells;
  /** Of our line: what was measured. */
  readonly ours: Cells;
  readonly published: readonly Result[];
}

/** The rows of the table, and the paper's lines on data that ours are not. */
export function methodRows<Result extends PaperResult>(
  groups: readonly MethodGroup<Result>[],
  marksOf: (result: Result) => string,
): { readonly rows: readonly Row[]; readonly elsewhere: readonly Cells[] } {
  const line = (common: Cells, result: Result): Cells => ({
    dataset: text(result.dataset),
    ...common,
    ...publicationCells(result),
    method: text(result.method),
    paper: paperCell(result, marksOf(result)),
  });
  const rows = groups.flatMap((group): readonly Row[] => {
    const { dataset, kind, common, ours, published } = group;
    const own = published.find(
      (result) => result.reference === undefined && sameConfiguration(result, group),
    );
    const cells = {
      ...common,
      method: text(`MVT here (${configurationWords(group)})`),
      ...ours,
    };
    if (kind === "synthetic") return [{ dataset, cells }];
    const printed = own && { paper: paperCell(own, marksOf(own)) };
    return [
      ...published
        .filter((result) => result !== own)
        .map((result) => ({ dataset, cells: line(common, result), published: true as const })),
      { dataset, cells: { ...cells, ...printed } },
    ];
  });
  const elsewhere = groups
    .filter(({ kind }) => kind === "synthetic")
    .flatMap(({ common, published }) => published.map((result) => line(common, result)));
  return { rows, elsewhere };
}

/** The paper's lines as a table of their own; none where there are none. */
export function publishedAppendix(
  { table }: { readonly table: string },
  columns: readonly Column[],
  rows: readonly Cells[],
): readonly Appendix[] {
  if (rows.length === 0) return [];
  return [
    {
      heading: "Published, on real images",
      text: `What the paper prints in ${table}. It was measured on photographs: nothing that was measured on drawn faces compares with it.`,
      columns: columns.filter(
        ({ key, only }) => only !== "csv" && rows.some((cells) => cells[key] !== undefined),
      ),
      rows,
    },
  ];
}

/** After the columns that say on what. */
export const methodColumns: readonly Column[] = [
  { key: "method", title: "Method", kind: "text", only: "markdown" },
  { key: "source", title: "Published in", kind: "text", only: "markdown" },
  { key: "year", title: "Year", kind: "number", only: "markdown" },
];

/** How the paper's numbers are to be read, in the table or below it. */
export function methodLegend(
  paper: PaperTable<unknown>,
  columns: readonly Column[],
): readonly string[] {
  const printed = paperLegend(paper, columns);
  return [
    ...printed,
    "Numbers of other methods are those that the paper quotes; none of these methods was run here.",
    ...(printed.length > 0 ? ["Beside MVT here stands the paper's own number for MVT."] : []),
  ];
}

function publicationCells({ reference, year }: PaperResult): Cells {
  return {
    source: text(reference === undefined ? "the paper" : `${references[reference]} [${reference}]`),
    ...(year === undefined ? {} : { year: number(year) }),
  };
}

function paperCell({ percent, decimals }: PaperResult, marks: string): PaperCell {
  return {
    kind: "paper",
    percent,
    ...(decimals === undefined ? {} : { decimals }),
    ...(marks === "" ? {} : { marks }),
  };
}
