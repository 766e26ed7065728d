/**
 * @file The cells and columns that tell which data a row was measured on.
 */
import type { DataKind, Provenance } from "../provenance.ts";
import type { Cells, Column } from "../table.ts";

/** Throws a RangeError, in the name of `table`, where the provenance does not describe such data. */
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
    dataset: { kind: "text", text: dataset },
    data_kind: { kind: "text", text: kind },
    ...(labelNoise === undefined ? {} : { label_noise: { kind: "number", value: labelNoise } }),
  };
}

/** The first column of a table. */
export const datasetColumn: Column = { key: "dataset", title: "Data set", kind: "text" };

/** Its last columns. */
export const dataColumns: readonly Column[] = [
  { key: "data_kind", title: "Data", kind: "text", only: "csv" },
  { key: "label_noise", title: "Label noise", kind: "number", only: "csv" },
  { key: "runs", title: "Runs", kind: "list", only: "csv" },
];
