/** @file What tables of accuracies have in common: settings by data set, with the paper's numbers. */
import { columnLegend, dataCells, dataColumns, datasetColumn, knownColumns } from "../columns.ts";
import type { DataKind, Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import { bestLegend, markBest } from "./best.ts";
import {
  compareRows,
  comparisonAppendix,
  comparisonCsvCells,
  comparisonCsvColumns,
  minusCells,
  minusColumns,
  minusWords,
} from "./comparisons.ts";
import { accuracyLead } from "./lead.ts";
import { paperCell, paperLegend, type PaperNumber, type PaperTable } from "./paper.ts";
import {
  accuracyCells,
  accuracyColumns,
  accuracyLegend,
  epochColumns,
  testedWords,
  scaleNotes,
  type Selection,
  type TestedRun,
} from "./tested-runs.ts";

/** One row, in the order to print. */
export interface AccuracyEntry {
  readonly dataset: string;
  readonly kind: DataKind;
  /** What the notes call it: "Sigmoid (k=10, x0=0.5)". */
  readonly name: string;
  /** Absent for a row of the paper that was not run here. Its accuracies stay empty. */
  readonly runs?: readonly TestedRun[];
  /** The setting of the row, and what only this table knows about it. */
  readonly cells: Cells;
  /** What the paper prints for exactly this row. */
  readonly printed?: PaperNumber;
  /** False for a bound that no method reaches, such as the true labels: it is never the best row. Default true. */
  readonly compared?: boolean;
  /** Of the row that the others of its data set are compared with: what they call it, "the baseline". */
  readonly reference?: string;
}

export interface AccuracyTable {
  /** Names the table in errors: "table2". */
  readonly id: string;
  readonly title: string;
  /** Where the printed numbers come from; absent if there are none. */
  readonly paper?: PaperTable<unknown>;
  /** The columns between data set and accuracy. */
  readonly settings: readonly Column[];
  /** Show the difference to the reference after the accuracy, under "Minus <this>". */
  readonly minus?: string;
  /** The columns after the accuracy. */
  readonly outcomes?: readonly Column[];
  /** How to read those columns, by key. Markdown prints the line of each column that it shows. */
  readonly words?: Readonly<Record<string, string>>;
  /** What this table says of its rows, before the notes on the best of them. */
  readonly notes?: readonly string[];
  readonly entries: readonly AccuracyEntry[];
}

/** Throws a RangeError if there is no row, or a row contradicts the provenance or holds no run. */
export function accuracyTable(
  {
    id,
    title,
    paper,
    settings,
    minus,
    outcomes = [],
    words = {},
    notes: own = [],
    entries,
  }: AccuracyTable,
  provenance: Provenance,
  { select }: { readonly select: Selection },
): Table {
  if (entries.length === 0) throw new RangeError(`${id}: expected at least one row, got none`);
  const comparisons = compareRows(
    entries.flatMap(({ runs, compared = true, ...entry }) =>
      runs && compared ? [{ ...entry, runs }] : [],
    ),
    select,
  );
  const comparisonOf = (entry: { readonly dataset: string; readonly name: string }) =>
    comparisons.find(({ dataset, name }) => dataset === entry.dataset && name === entry.name);
  const epochs = epochColumns(entries);
  const named = entries.map(({ name, runs, cells, printed, dataset, kind, compared = true }) => {
    const measured =
      runs && accuracyCells({ table: id, row: `${name} on ${dataset}` }, runs, select);
    return {
      name,
      measured: measured?.selected,
      accuracy: compared ? measured?.selected : undefined,
      row: {
        dataset,
        cells: {
          ...dataCells(id, { dataset, kind }, provenance),
          ...cells,
          ...measured?.cells,
          ...(runs && epochs.cellsOf(runs)),
          ...comparisonCsvCells(comparisonOf({ dataset, name })),
          ...(minus === undefined ? {} : minusCells(comparisonOf({ dataset, name }))),
          paper: kind === "real" && printed ? paperCell(printed) : undefined,
        },
      },
    };
  });
  const { rows, notes } = markBest(named, "accuracy");
  const columns = knownColumns(
    [
      datasetColumn,
      ...settings,
      ...accuracyColumns,
      ...epochs.columns,
      ...(minus === undefined ? [] : minusColumns(minus)),
      ...outcomes,
      ...comparisonCsvColumns,
      ...dataColumns,
    ],
    rows,
  );
  const seeds = entries.flatMap(({ runs }) => (runs ? [runs.length] : []));
  return {
    title,
    lead: accuracyLead(
      comparisons,
      named.flatMap(({ measured }) => measured ?? []),
    ),
    columns,
    rows,
    appendices: comparisonAppendix(comparisons),
    legend: [
      ...accuracyLegend(seeds, select),
      bestLegend,
      ...(paper ? paperLegend(paper, columns) : []),
      ...columnLegend({ ...testedWords, ...minusWords, ...words }, columns),
    ],
    notes: [...own, ...notes, ...scaleNotes(entries, provenance)],
    provenance,
  };
}
