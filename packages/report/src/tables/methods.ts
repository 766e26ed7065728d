/**
 * @file What Tables 4 and 5 have in common: this project's runs, and the methods that the paper compares with.
 *
 * The paper's numbers were measured on real images. If our data are real too, its lines are in the table, above
 * our own. If ours are synthetic, its lines are in a table of their own below, so that no column holds both.
 */
import { number, text } from "../columns.ts";
import type { DataKind } from "../provenance.ts";
import type { Appendix, Cells, Column, Row } from "../table.ts";
import { type Configuration, configurationWords, sameConfiguration } from "./configuration.ts";
import {
  paperCell,
  paperLegend,
  type PaperNumber,
  type PaperTable,
  type BibliographyNumber,
  bibliography,
} from "./paper.ts";

/** One line of the paper: the accuracy of one method on a test set or a part of it. */
export interface MethodResult extends PaperNumber {
  readonly dataset: string;
  readonly method: string;
  /** Where the method was published; absent for the paper's own, printed as "Ours". */
  readonly reference?: BibliographyNumber;
  /** Of the paper's own: the mask ratio m that section 4.3 names. */
  readonly m?: 0.15 | 0.2;
  /** Of the paper's own: the function f that section 4.3 chooses; absent without relabelling. */
  readonly f?: "sigmoid" | "quadratic";
  readonly year?: number;
}

/** Our runs on one data set or a part of it, and the paper's lines on the same. */
export interface MethodGroup<Result extends MethodResult> extends Configuration {
  readonly dataset: string;
  readonly kind: DataKind;
  /** The cells that every line of the group has. */
  readonly common: Cells;
  /** The cells of our line: what was measured. */
  readonly ours: Cells;
  readonly published: readonly Result[];
}

/** The paper's own line for this configuration. */
function ownResult<Result extends MethodResult>(
  configuration: Configuration,
  published: readonly Result[],
): Result | undefined {
  return published.find(
    (result) => result.reference === undefined && sameConfiguration(result, configuration),
  );
}

/** The same for real data only, where it may be compared. */
export function papersOwn(
  row: Configuration & { readonly kind: DataKind },
  published: readonly MethodResult[],
): MethodResult | undefined {
  return row.kind === "real" ? ownResult(row, published) : undefined;
}

/** The rows of the table, and apart from them the paper's lines if our data are not the paper's. */
export function methodRows<Result extends MethodResult>(
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
    const own = ownResult(group, published);
    const cells = {
      ...common,
      method: text(`MVT, this project (${configurationWords(group)})`),
      ...ours,
    };
    if (kind === "synthetic") return [{ dataset, cells }];
    return [
      ...published
        .filter((result) => result !== own)
        .map((result) => ({ dataset, cells: line(common, result), published: true as const })),
      { dataset, cells: { ...cells, paper: own && paperCell(own, marksOf(own)) } },
    ];
  });
  const elsewhere = groups
    .filter(({ kind }) => kind === "synthetic")
    .flatMap(({ common, published }) => published.map((result) => line(common, result)));
  return { rows, elsewhere };
}

/** The paper's lines as a table of their own, if there are any. */
export function publishedAppendix(
  { table }: { readonly table: string },
  columns: readonly Column[],
  rows: readonly Cells[],
): readonly Appendix[] {
  if (rows.length === 0) return [];
  return [
    {
      heading: "Published, on real images",
      text: `The paper prints these numbers in ${table}. They were measured on photographs and are not comparable with numbers on drawn faces.`,
      columns: columns.filter(
        ({ key, only }) => only !== "csv" && rows.some((cells) => cells[key] !== undefined),
      ),
      rows,
    },
  ];
}

/** They follow the columns of the data set or subset. */
export const methodColumns: readonly Column[] = [
  { key: "method", title: "Method", kind: "text", only: "markdown" },
  { key: "source", title: "Published in", kind: "text", only: "markdown" },
  { key: "year", title: "Year", kind: "number", only: "markdown" },
];

/** How to read the paper's numbers, in the table or below it. */
export function methodLegend(
  paper: PaperTable<unknown>,
  columns: readonly Column[],
): readonly string[] {
  const printed = paperLegend(paper, columns);
  return [
    ...printed,
    "The numbers of other methods are quoted from the paper; this project did not run these methods.",
    ...(printed.length > 0
      ? ["In the row of this project, the paper's number is the paper's own result for MVT."]
      : []),
  ];
}

function publicationCells({ reference, year }: MethodResult): Cells {
  return {
    source: text(
      reference === undefined ? "the paper" : `${bibliography[reference]} [${reference}]`,
    ),
    year: year === undefined ? undefined : number(year),
  };
}
