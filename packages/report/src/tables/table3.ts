/**
 * @file Table 3: accuracy with and without MGN and dynamic relabelling (section 4.3).
 */
import { table3 as paper } from "../paper/index.ts";
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import type { Selection, TestedRow } from "../tested-run.ts";
import { thresholdWords } from "../threshold-label.ts";
import { accuracyTable, type AccuracyEntry } from "./accuracy-table.ts";
import { type Configuration, configurationCells, sameConfiguration } from "./configuration.ts";
import { checkMaskRatio, maskPercent } from "./mask-ratio.ts";

/** One combination of the two modules on one data set, with every seed it was run with. */
export interface Table3Row extends TestedRow, Configuration {}

/**
 * The table: four rows per data set, in the paper's order. A combination that was not run is a row
 * without numbers, as the paper has it. `select` is the accuracy that Markdown shows; the CSV has all.
 * Throws a RangeError where a row contradicts the provenance, comes twice or holds no run.
 */
export function table3(
  rows: readonly Table3Row[],
  provenance: Provenance,
  options: { readonly select: Selection },
): Table {
  const groups = [...Map.groupBy(rows, ({ dataset }) => dataset).values()];
  const entries = groups.flatMap(fourEntries);
  const complete = entries.every(({ runs }) => runs !== undefined);
  return accuracyTable(
    {
      id: "table3",
      title: "Table 3: accuracy with and without MGN and dynamic relabelling",
      paper,
      settings,
      words: complete ? words : { ...words, accuracy: "A row without accuracy was not run." },
      entries,
    },
    provenance,
    options,
  );
}

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
    const { name } = combination;
    const cells = combinationCells(combination, row);
    return row === undefined
      ? { dataset, kind, name, cells }
      : { dataset, kind: row.kind, name, cells, runs: row.runs, printed: printedFor(row) };
  });
}

function combinationCells({ mgn, relabel }: Combination, row: Table3Row | undefined): Cells {
  const [m, f] = [row?.mgn, row?.relabel];
  const mark = (used: boolean, how: string) => (used ? `✓${how}` : "✗");
  return {
    mgn_title: {
      kind: "text",
      text: mark(mgn, m === undefined ? "" : ` (m = ${maskPercent(m)} %)`),
    },
    mgn: { kind: "text", text: String(mgn) },
    relabel_title: {
      kind: "text",
      text: mark(relabel, f === undefined ? "" : ` (${thresholdWords(f)})`),
    },
    relabel: { kind: "text", text: String(relabel) },
    ...configurationCells({ mgn: m, relabel: f }),
  };
}

/** The paper's number stands only beside the m and the f that the paper chose. */
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
  relabel_title: "D-Relabel: whether labels are changed while training, and by which function f.",
};
