/** @file Table 3: accuracy with and without MGN and dynamic relabelling (section 4.3). */
import { groupBy } from "@mvt/common";
import { text } from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import { accuracyTable, type AccuracyEntry } from "./accuracy-table.ts";
import {
  checkMaskRatio,
  type Configuration,
  configurationCells,
  maskPercent,
  sameConfiguration,
  thresholdWords,
} from "./configuration.ts";
import type { PaperNumber, PaperTable } from "./paper.ts";
import type { Selection, TestedRow } from "./tested-runs.ts";

interface PaperResult extends PaperNumber {
  readonly dataset: "RAF-DB" | "FERPlus" | "AffectNet-7";
  /** The mask ratio m that section 4.3 names; absent without MGN. */
  readonly m?: 0.15 | 0.2;
  /** The function that section 4.3 chooses; absent without relabelling. */
  readonly f?: "sigmoid" | "quadratic";
}

/** AffectNet-7 has no relabelling: the paper leaves its cells empty. */
const paper: PaperTable<PaperResult> = {
  table: "Table 3",
  section: "section 4.3",
  caption: "Evaluation of the MGN and dynamic relabeling modules",
  results: [
    { dataset: "RAF-DB", percent: 86.67 }, // Table 1 prints 86.7
    { dataset: "RAF-DB", m: 0.15, percent: 87.91 },
    { dataset: "RAF-DB", f: "sigmoid", percent: 87.45 },
    { dataset: "RAF-DB", m: 0.15, f: "sigmoid", percent: 88.62 },
    { dataset: "FERPlus", percent: 87.92 },
    { dataset: "FERPlus", m: 0.2, percent: 88.88 },
    { dataset: "FERPlus", f: "quadratic", percent: 88.68 },
    { dataset: "FERPlus", m: 0.2, f: "quadratic", percent: 89.22 },
    { dataset: "AffectNet-7", percent: 63.79 },
    { dataset: "AffectNet-7", m: 0.15, percent: 64.57 },
  ],
};

/** One combination of the two modules on one data set, with every seed it was run with. */
export interface Table3Row extends TestedRow, Configuration {}

export const table3 = {
  id: "table3",
  title: "Table 3: accuracy with and without MGN and dynamic relabelling",
  paper,

  /**
   * The table: four rows per data set, in the paper's order. A combination that was not run is a row
   * without numbers, as in the paper. `select` is the accuracy that Markdown shows; the CSV has all.
   * Throws a RangeError if a row contradicts the provenance, comes twice or holds no run.
   */
  build(
    rows: readonly Table3Row[],
    provenance: Provenance,
    options: { readonly select: Selection },
  ): Table {
    const groups = [...groupBy(rows, ({ dataset }) => dataset).values()];
    const entries = groups.flatMap(fourEntries);
    const complete = entries.every(({ runs }) => runs !== undefined);
    const { id, title } = table3;
    return accuracyTable(
      {
        id,
        title,
        paper,
        settings,
        words: complete ? words : { ...words, accuracy: "A row without accuracy was not run." },
        entries,
      },
      provenance,
      options,
    );
  },
};

interface Combination {
  readonly name: string;
  readonly mgn: boolean;
  readonly relabel: boolean;
}

const combinations: readonly Combination[] = [
  { name: "the baseline", mgn: false, relabel: false },
  { name: "MGN alone", mgn: true, relabel: false },
  { name: "relabelling alone", mgn: false, relabel: true },
  { name: "MGN with relabelling", mgn: true, relabel: true },
];

/** The rows of one data set. */
function fourEntries(group: readonly Table3Row[]): readonly AccuracyEntry[] {
  const [{ dataset, kind }] = group as readonly [Table3Row];
  return combinations.map((combination) => {
    const [row, second] = group.filter(
      ({ mgn, relabel }) =>
        (mgn !== undefined) === combination.mgn && (relabel !== undefined) === combination.relabel,
    );
    if (second !== undefined) {
      throw new RangeError(
        `table3: expected one row for ${combination.name} on ${dataset}, got two`,
      );
    }
    if (row?.mgn !== undefined) checkMaskRatio("table3", dataset, row.mgn, "above 0");
    return {
      dataset,
      kind: row?.kind ?? kind,
      name: combination.name,
      cells: combinationCells(combination, row),
      runs: row?.runs,
      reference: combination.mgn || combination.relabel ? undefined : combination.name,
      printed: row && printedFor(row),
    };
  });
}

function combinationCells({ mgn, relabel }: Combination, row: Table3Row | undefined): Cells {
  const [m, f] = [row?.mgn, row?.relabel];
  const mark = (used: boolean, how: string) => text(used ? `✓${how}` : "✗");
  return {
    mgn_title: mark(mgn, m === undefined ? "" : ` (m = ${maskPercent(m)} %)`),
    mgn: text(String(mgn)),
    relabel_title: mark(relabel, f === undefined ? "" : ` (${thresholdWords(f)})`),
    relabel: text(String(relabel)),
    ...configurationCells({ mgn: m, relabel: f }),
  };
}

/** Only the m and the f that the paper chose have the paper's number. */
function printedFor(row: Table3Row) {
  return paper.results.find(
    (result) => result.dataset === row.dataset && sameConfiguration(result, row),
  );
}

const settings: readonly Column[] = [
  { key: "mgn_title", title: "MGN", kind: "text", only: "markdown" },
  { key: "mgn", title: "MGN", kind: "text", only: "csv" },
  { key: "m", title: "m", kind: "number", only: "csv" },
  { key: "relabel_title", title: "D-Relabel", kind: "text", only: "markdown" },
  { key: "relabel", title: "D-Relabel", kind: "text", only: "csv" },
  { key: "f", title: "f", kind: "text", only: "csv" },
  { key: "parameters", title: "Parameters", kind: "text", only: "csv" },
];

const words = {
  mgn_title: "MGN: whether masks are used, and the mask ratio m.",
  relabel_title: "D-Relabel: whether training changes labels, and by which function f.",
};
