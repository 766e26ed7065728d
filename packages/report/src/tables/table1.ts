/**
 * @file Table 1: accuracy by mask ratio m, without relabelling (section 4.3).
 */
import { table1 as paper } from "../paper/index.ts";
import type { Provenance } from "../provenance.ts";
import type { Column, Table } from "../table.ts";
import type { Selection, TestedRow } from "../tested-run.ts";
import { accuracyTable } from "./accuracy-table.ts";
import { checkMaskRatio, maskPercent, sameRatio } from "./mask-ratio.ts";

/** One mask ratio on one data set, with every seed it was run with. */
export interface Table1Row extends TestedRow {
  /** The share of the picture that MGN removes; 0 is the baseline, without MGN. */
  readonly m: number;
}

/**
 * The table, its rows grouped by data set and ascending in m. `select` is the accuracy that Markdown
 * shows; the CSV has all.
 * Throws a RangeError where a row contradicts the provenance, comes twice or holds no run.
 */
export function table1(
  rows: readonly Table1Row[],
  provenance: Provenance,
  options: { readonly select: Selection },
): Table {
  const groups = [...Map.groupBy(rows, ({ dataset }) => dataset).values()];
  const entries = groups.flatMap(ascending).map(({ dataset, kind, m, runs }) => ({
    dataset,
    kind,
    name: m === 0 ? "the baseline" : `m = ${maskPercent(m)} %`,
    runs,
    cells: {
      title: { kind: "text", text: m === 0 ? "0 (baseline)" : maskPercent(m) },
      m: { kind: "number", value: m },
    } as const,
    printed: paper.results.find((result) => result.dataset === dataset && sameRatio(result.m, m)),
  }));
  const title = "Table 1: accuracy by mask ratio m, without relabelling";
  return accuracyTable(
    { id: "table1", title, paper, settings, words, entries },
    provenance,
    options,
  );
}

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
    "Mask ratio: the share of the picture that MGN is trained to remove. The baseline has no MGN.",
};
