/**
 * @file What tables of accuracies have in common: settings by data set, with the paper's numbers beside them.
 */
import { markBest } from "../best.ts";
import type { PaperTable } from "../paper/index.ts";
import type { DataKind, Provenance } from "../provenance.ts";
import type { Cell, Cells, Column, Table } from "../table.ts";
import type { Selection, TestedRun } from "../tested-run.ts";
import { accuracyCells, accuracyColumns } from "./accuracy-cells.ts";
import { accuracyLegend, bestLegend, paperLegend, scaleNotes } from "./accuracy-words.ts";
import { dataCells, dataColumns, datasetColumn } from "./data-cells.ts";
import { knownColumns, shownKeys } from "./known-columns.ts";

/** One row, in the order to print. */
export interface AccuracyEntry {
  readonly dataset: string;
  readonly kind: DataKind;
  /** What the notes call it: "Sigmoid (k=10, x0=0.5)". */
  readonly name: string;
  /** Absent: a row of the paper that was not run here. Its accuracies stay empty. */
  readonly runs?: readonly TestedRun[];
  /** What sets the row apart from the others, and what only this table knows of it. */
  readonly cells: Cells;
  /** What the paper prints for exactly this row. */
  readonly printed?: Printed | undefined;
}

/** A number of the paper. */
export interface Printed {
  readonly percent: number;
  readonly decimals?: number;
}

export interface AccuracyTable {
  /** Names the function in errors: "table2". */
  readonly id: string;
  readonly title: string;
  /** Where the printed numbers stand; absent where there are none. */
  readonly paper?: PaperTable<unknown>;
  /** Between data set and accuracy. */
  readonly settings: readonly Column[];
  /** After the accuracy. */
  readonly outcomes?: readonly Column[];
  /** How to read those columns, by key; printed where Markdown shows the column. */
  readonly words?: Readonly<Record<string, string>>;
  readonly entries: readonly AccuracyEntry[];
}

/** Throws a RangeError where there is no row, or a row contradicts the provenance or holds no run. */
export function accuracyTable(
  { id, title, paper, settings, outcomes = [], words = {}, entries }: AccuracyTable,
  provenance: Provenance,
  { select }: { readonly select: Selection },
): Table {
  if (entries.length === 0) throw new RangeError(`${id}: expected at least one row, got none`);
  const contestants = entries.map(({ name, runs, cells, printed, ...data }) => {
    const about = { table: id, row: `${name} on ${data.dataset}` };
    const measured = runs && accuracyCells(about, runs, select);
    const paperCells: Cells = data.kind === "real" && printed ? { paper: paperCell(printed) } : {};
    return {
      name,
      ...(measured && { accuracy: measured.selected }),
      row: {
        dataset: data.dataset,
        cells: { ...dataCells(id, data, provenance), ...cells, ...measured?.cells, ...paperCells },
      },
    };
  });
  const ranking = markBest(contestants, "accuracy");
  const columns = knownColumns(
    [datasetColumn, ...settings, ...accuracyColumns, ...outcomes, ...dataColumns],
    ranking.rows,
  );
  const shown = shownKeys(columns);
  const measured = entries.flatMap(({ runs }) => (runs ? [runs.length] : []));
  return {
    title,
    columns,
    rows: ranking.rows,
    legend: [
      ...accuracyLegend(measured, select),
      bestLegend,
      ...(paper ? paperLegend(paper, columns) : []),
      ...Object.entries(words).flatMap(([key, text]) => (shown.has(key) ? [text] : [])),
    ],
    notes: [...ranking.notes, ...scaleNotes(entries, provenance)],
    provenance,
  };
}

function paperCell({ percent, decimals }: Printed): Cell {
  return { kind: "paper", percent, ...(decimals === undefined ? {} : { decimals }) };
}
