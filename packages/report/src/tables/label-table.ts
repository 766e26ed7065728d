/** @file A table whose rows differ in the labels that a classifier learns from, grouped by data set or noise. */
import { groupBy } from "@mvt/common";
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import { accuracyTable } from "./accuracy-table.ts";
import {
  type Baseline,
  comparisonCells,
  comparisonColumns,
  comparisonWords,
  constantBaseline,
  inPaperOrder,
  type LabelledRow,
  labellingCells,
  labellingColumns,
  labellingTitle,
  outcomeCells,
  outcomeColumns,
  outcomeWords,
  referencesOf,
} from "./labelling.ts";
import type { PaperNumber, PaperTable } from "./paper.ts";
import type { Selection } from "./tested-runs.ts";

export interface LabelTable {
  readonly id: string;
  readonly title: string;
  readonly paper?: PaperTable<unknown>;
  /** What the paper prints for the first row with one of its functions. */
  readonly printedFor?: (row: LabelledRow) => PaperNumber | undefined;
  /** Default: the constant function. */
  readonly baseline?: Baseline;
  /** Which row the comparisons are with. Default: labels as given. */
  readonly comparedWith?: "given" | "baseline";
  /** Further columns after the function. */
  readonly columns?: readonly Column[];
  /** Their cells. */
  readonly cellsOf?: (row: LabelledRow) => Cells;
  readonly words?: Readonly<Record<string, string>>;
  /** Sentences on a group. */
  readonly notesOn: (
    dataset: string,
    group: readonly LabelledRow[],
    select: Selection,
  ) => readonly string[];
}

/**
 * The table, its rows grouped by data set: labels as given, the paper's four functions in the paper's order, plugins
 * and further variants as given, true labels. Throws a RangeError if a row contradicts the provenance or holds no run.
 */
export function labelTable(
  rows: readonly LabelledRow[],
  provenance: Provenance,
  { select }: { readonly select: Selection },
  {
    id,
    title,
    paper,
    printedFor = () => undefined,
    baseline = constantBaseline,
    comparedWith = "given",
    columns = [],
    cellsOf = () => ({}),
    words = {},
    notesOn,
  }: LabelTable,
): Table {
  const referenceWords =
    comparedWith === "given" ? "labels as given" : `the ${baseline.name} function`;
  const groups = [...groupBy(rows, ({ dataset }) => dataset)];
  const entries = groups.flatMap(([dataset, group]) => {
    const references = referencesOf(group, select, baseline);
    return inPaperOrder(group).map(({ row, inPaper }) => ({
      dataset,
      kind: row.kind,
      name: labellingTitle(row.labelling),
      runs: row.runs,
      cells: {
        ...labellingCells(row.labelling),
        ...cellsOf(row),
        ...comparisonCells(row, references, select),
        ...outcomeCells(row),
      },
      reference: row === references[comparedWith] ? referenceWords : undefined,
      compared: row.labelling.labels !== "true",
      printed: inPaper ? printedFor(row) : undefined,
    }));
  });
  return accuracyTable(
    {
      id,
      title,
      paper,
      settings: [...labellingColumns, ...columns],
      outcomes: [...comparisonColumns(baseline.name), ...outcomeColumns],
      words: { ...comparisonWords, ...words, ...outcomeWords },
      notes: groups.flatMap(([dataset, group]) => notesOn(dataset, group, select)),
      entries,
    },
    provenance,
    { select },
  );
}
