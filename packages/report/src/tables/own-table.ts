/** @file A table of an author's own: rows by name, their accuracies, differences to a base row, and further columns. */
import { dataColumns, datasetColumn, number, text } from "../columns.ts";
import type { LabelNoise, Provenance } from "../provenance.ts";
import { valuesBySeed } from "../statistics.ts";
import type { Column, Table } from "../table.ts";
import { accuracyTable } from "./accuracy-table.ts";
import { comparisonCsvColumns, minusColumns } from "./comparisons.ts";
import { accuracyColumns, requireDistinct, type Selection, type TestedRow } from "./tested-runs.ts";

/** One row on one data set, with every seed it was run with. */
export interface OwnRow extends TestedRow {
  readonly name: string;
  /** Whether the other rows of its data set are compared with it. */
  readonly base: boolean;
  /** Of its training labels, where it is not that of the data set. */
  readonly labelNoise?: LabelNoise;
  /** By column key: a number of each run, by ascending seed; absent where a run has none. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** A column of the author's: the mean of its numbers over seeds. */
export interface OwnColumn {
  readonly key: string;
  readonly title: string;
  readonly unit: "percent" | "number";
  /** How to read it. */
  readonly about?: string;
}

const settings: readonly Column[] = [{ key: "row", title: "Row", kind: "text" }];

export const ownTable = {
  /** Keys that the author's columns must not have. */
  takenColumns: [
    datasetColumn,
    ...settings,
    ...accuracyColumns,
    ...minusColumns(""),
    ...comparisonCsvColumns,
    ...dataColumns,
  ].map(({ key }) => key),

  /**
   * The table, its rows in their order on each data set. `select` is the accuracy that Markdown shows; the CSV has all.
   * Throws a RangeError if a row contradicts the provenance, comes twice or holds no run.
   */
  build(
    rows: readonly OwnRow[],
    provenance: Provenance,
    { id, title, base, columns, select }: OwnTable,
  ): Table {
    requireDistinct(
      id,
      rows.map(({ dataset, name }) => `${name} on ${dataset}`),
    );
    const entries = rows.map(({ dataset, kind, name, runs, base: isBase, labelNoise, values }) => ({
      dataset,
      kind,
      name: quoted(name),
      runs,
      reference: isBase ? quoted(name) : undefined,
      cells: {
        row: text(name),
        ...(labelNoise && { label_noise: number(labelNoise.wrong / labelNoise.of) }),
        ...Object.fromEntries(
          columns.flatMap(({ key, unit }) => {
            const numbers = values[key];
            return numbers ? [[key, valuesBySeed(numbers, unit)] as const] : [];
          }),
        ),
      },
    }));
    const outcomes = columns.map(({ key, title: heading }) => ({
      key,
      title: heading,
      kind: "values-by-seed" as const,
    }));
    const words = columns.flatMap(({ key, about }) => (about ? [[key, about] as const] : []));
    return accuracyTable(
      {
        id,
        title,
        settings,
        minus: quoted(base),
        outcomes,
        words: Object.fromEntries(words),
        entries,
      },
      provenance,
      { select },
    );
  },
};

/** A row's name within a sentence. */
const quoted = (name: string) => `“${name}”`;

/** What the author says of the table. */
interface OwnTable {
  /** Names the table in errors and in LaTeX. */
  readonly id: string;
  readonly title: string;
  /** The name of the row that the others are compared with. */
  readonly base: string;
  readonly columns: readonly OwnColumn[];
  readonly select: Selection;
}
