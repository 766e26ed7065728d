/** @file Table 2: accuracy by relabelling threshold function f, without MGN (section 4.3). */
import type { Provenance } from "../provenance.ts";
import type { Table } from "../table.ts";
import { labelTable } from "./label-table.ts";
import { type LabelledRow, type LabelledRun, labellingNotes } from "./labelling.ts";
import type { PaperNumber, PaperTable } from "./paper.ts";
import type { Selection } from "./tested-runs.ts";

interface PaperResult extends PaperNumber {
  readonly dataset: "RAF-DB" | "FERPlus";
  readonly f: "constant" | "linear" | "quadratic" | "sigmoid";
}

const paper: PaperTable<PaperResult> = {
  table: "Table 2",
  section: "section 4.3",
  caption: "Comparisons between different dynamic relabel functions",
  results: [
    { dataset: "RAF-DB", f: "constant", percent: 86.86 },
    { dataset: "RAF-DB", f: "linear", percent: 87.09 },
    { dataset: "RAF-DB", f: "quadratic", percent: 87.2 },
    { dataset: "RAF-DB", f: "sigmoid", percent: 87.45 },
    { dataset: "FERPlus", f: "constant", percent: 88.22 },
    { dataset: "FERPlus", f: "linear", percent: 88.32 },
    { dataset: "FERPlus", f: "quadratic", percent: 88.68 },
    { dataset: "FERPlus", f: "sigmoid", percent: 88.52 },
  ],
};

export type Table2Run = LabelledRun;
/** Labels as given, one function f, or the true labels, on one data set, with every seed it was run with. */
export type Table2Row = LabelledRow;

export const table2 = {
  id: "table2",
  title: "Table 2: accuracy by relabelling threshold function f, without MGN",
  paper,

  /**
   * The table, its rows grouped by data set: labels as given, the paper's four functions in the paper's order, plugins
   * and further variants as given, true labels. `select` is the accuracy that Markdown shows; the CSV has all.
   * Throws a RangeError if a row contradicts the provenance or holds no run.
   */
  build(
    rows: readonly Table2Row[],
    provenance: Provenance,
    options: { readonly select: Selection },
  ): Table {
    const { id, title } = table2;
    return labelTable(rows, provenance, options, {
      id,
      title,
      paper,
      printedFor,
      notesOn: labellingNotes,
    });
  },
};

/** Only the paper's own row has the paper's number; a second sigmoid with other parameters has none. */
function printedFor({ dataset, labelling }: Table2Row) {
  if (labelling.labels !== "relabelled") return undefined;
  const { name } = labelling.f;
  return paper.results.find((result) => result.dataset === dataset && result.f === name);
}
