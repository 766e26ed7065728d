/** @file Accuracy by the settings of training: one row for each combination of their values. */
import { text } from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import type { Table } from "../table.ts";
import { accuracyTable } from "./accuracy-table.ts";
import type { Selection, TestedRow } from "./tested-runs.ts";

/** One combination of values, with every seed it was run with. */
export interface SettingsRow extends TestedRow {
  /** The values by the paths of the settings, as they were typed: "schedule.learningRate" is "1e-4". */
  readonly values: ReadonlyMap<string, string>;
}

export const settingsTable = {
  id: "train",
  title: "Accuracy by settings of training",

  /**
   * The table, its rows as they are given; the others are compared with the first. `select` is the accuracy that
   * Markdown shows; the CSV has all.
   * Throws a RangeError if a row contradicts the provenance or holds no run, or if there is none.
   */
  build(
    rows: readonly SettingsRow[],
    provenance: Provenance,
    options: { readonly select: Selection },
  ): Table {
    const paths = [...new Set(rows.flatMap(({ values }) => [...values.keys()]))];
    const settings = paths.map((path) => ({ key: path, title: path, kind: "text" }) as const);
    const entries = rows.map(({ dataset, kind, values, runs }, i) => {
      const name = [...values].map(([path, value]) => `${path}=${value}`).join(", ");
      const cells = Object.fromEntries([...values].map(([path, value]) => [path, text(value)]));
      return {
        dataset,
        kind,
        name: name === "" ? "this setting" : name,
        runs,
        reference: i === 0 && rows.length > 1 ? name : undefined,
        cells,
      };
    });
    const { id, title } = settingsTable;
    return accuracyTable({ id, title, settings, entries }, provenance, options);
  },
};
