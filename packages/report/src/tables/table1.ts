/** @file Table 1: accuracy by mask ratio m, without relabelling (section 4.3). */
import { groupBy } from "@mvt/common";
import { number, text } from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import type { Column, Table } from "../table.ts";
import { accuracyTable } from "./accuracy-table.ts";
import { checkMaskRatio, maskPercent, sameRatio } from "./configuration.ts";
import type { PaperNumber, PaperTable } from "./paper.ts";
import type { Selection, TestedRow } from "./tested-runs.ts";

interface PaperResult extends PaperNumber {
  readonly dataset: "RAF-DB" | "FERPlus";
  /** The fraction of the image that is removed; 0 is the baseline without MGN. */
  readonly m: 0 | 0.1 | 0.15 | 0.2;
}

const paper: PaperTable<PaperResult> = {
  table: "Table 1",
  section: "section 4.3",
  caption: "Evaluation of the mask ratio m on FERPlus and RAF-DB",
  results: [
    { dataset: "RAF-DB", m: 0, percent: 86.7, decimals: 1 }, // Table 3 prints 86.67
    { dataset: "RAF-DB", m: 0.1, percent: 87.52 },
    { dataset: "RAF-DB", m: 0.15, percent: 87.91 },
    { dataset: "RAF-DB", m: 0.2, percent: 87.45 },
    { dataset: "FERPlus", m: 0, percent: 87.92 },
    { dataset: "FERPlus", m: 0.1, percent: 88.45 },
    { dataset: "FERPlus", m: 0.15, percent: 88.58 },
    { dataset: "FERPlus", m: 0.2, percent: 88.88 },
  ],
};

/** One mask ratio on one data set, with every seed it was run with. */
export interface Table1Row extends TestedRow {
  /** The fraction of the image that MGN removes; 0 is the baseline, without MGN. */
  readonly m: number;
}

export const table1 = {
  id: "table1",
  title: "Table 1: accuracy by mask ratio m, without relabelling",
  paper,

  /**
   * The table, its rows grouped by data set and ascending in m. `select` is the accuracy that Markdown
   * shows; the CSV has all.
   * Throws a RangeError if a row contradicts the provenance, comes twice or holds no run.
   */
  build(
    rows: readonly Table1Row[],
    provenance: Provenance,
    options: { readonly select: Selection },
  ): Table {
    const groups = [...groupBy(rows, ({ dataset }) => dataset).values()];
    const entries = groups.flatMap(ascending).map(({ dataset, kind, m, runs }) => ({
      dataset,
      kind,
      name: m === 0 ? "the baseline" : `m = ${maskPercent(m)} %`,
      runs,
      reference: m === 0 ? "the baseline" : undefined,
      cells: { title: text(m === 0 ? "0 (baseline)" : maskPercent(m)), m: number(m) },
      printed: paper.results.find((result) => result.dataset === dataset && sameRatio(result.m, m)),
    }));
    const { id, title } = table1;
    return accuracyTable({ id, title, paper, settings, words, entries }, provenance, options);
  },
};

function ascending(group: readonly Table1Row[]): readonly Table1Row[] {
  const sorted = group.toSorted((a, b) => a.m - b.m);
  for (const [i, { dataset, m }] of sorted.entries()) {
    checkMaskRatio("table1", dataset, m, "0");
    if (i > 0 && sameRatio(sorted[i - 1]?.m, m)) {
      throw new RangeError(`table1: expected one row for m = ${m} on ${dataset}, got two`);
    }
  }
  return sorted;
}

const settings: readonly Column[] = [
  { key: "title", title: "Mask ratio m (%)", kind: "text", only: "markdown" },
  { key: "m", title: "m", kind: "number", only: "csv" },
];

const words = {
  title:
    "Mask ratio: the fraction of the image that MGN is trained to remove. The baseline has no MGN.",
};
