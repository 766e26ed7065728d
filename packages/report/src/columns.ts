/** @file Cells and columns that several tables share, and which columns are worth printing. */
import type { DataKind, Provenance } from "./provenance.ts";
import type { Estimate } from "./statistics.ts";
import type { Cell, Cells, Column, EstimateCell, Row } from "./table.ts";

/** "a, b and c". */
export const conjunction = new Intl.ListFormat("en-GB", { type: "conjunction" });

export function text(words: string): Cell {
  return { kind: "text", text: words };
}

export function number(value: number): Cell {
  return { kind: "number", value };
}

export function list(values: readonly (number | string)[]): Cell {
  return { kind: "list", values };
}

/** Undefined for an undefined estimate. `images`: how many it was measured on. */
export function estimateCell(estimate: Estimate | undefined, images: number) {
  return estimate && ({ kind: "estimate", ...estimate, images } satisfies EstimateCell);
}

/** The first column of a table. */
export const datasetColumn: Column = { key: "dataset", title: "Data set", kind: "text" };

/** Its last columns. */
export const dataColumns: readonly Column[] = [
  { key: "data_kind", title: "Data", kind: "text", only: "csv" },
  { key: "label_noise", title: "Label noise", kind: "number", only: "csv" },
  { key: "runs", title: "Runs", kind: "list", only: "csv" },
];

/**
 * The cells of these columns but for the runs.
 * Throws a RangeError, in the name of `table`, if the provenance does not describe such data.
 */
export function dataCells(
  table: string,
  { dataset, kind }: { readonly dataset: string; readonly kind: DataKind },
  { data }: Provenance,
): Cells {
  const description = data.find(({ title }) => title === dataset);
  if (description?.kind !== kind) {
    throw new RangeError(
      `${table}: expected the provenance to describe ${dataset} as ${kind}, got ${description?.kind ?? "no description"}`,
    );
  }
  const { labelNoise } = description;
  return {
    dataset: text(dataset),
    data_kind: text(kind),
    label_noise: labelNoise && number(labelNoise.wrong / labelNoise.of),
  };
}

/** The CSV always has the same columns; Markdown leaves out those that are unknown in every row. */
export function knownColumns(columns: readonly Column[], rows: readonly Row[]): readonly Column[] {
  return columns.flatMap((column): readonly Column[] => {
    if (column.only === "csv" || rows.some(({ cells }) => cells[column.key] !== undefined)) {
      return [column];
    }
    return column.only === "markdown" ? [] : [{ ...column, only: "csv" }];
  });
}

/** The explanations, by column key, of those columns that Markdown shows. */
export function columnLegend(
  words: Readonly<Record<string, string>>,
  columns: readonly Column[],
): readonly string[] {
  const shown = new Set(columns.filter(({ only }) => only !== "csv").map(({ key }) => key));
  return Object.entries(words).flatMap(([key, line]) => (shown.has(key) ? [line] : []));
}
