/** @file Table 2: accuracy by relabelling threshold function f, without MGN (section 4.3). */
import { sum } from "@mvt/common";
import type { Count } from "../accuracy.ts";
import { list, number, text } from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import { accuracyTable } from "./accuracy-table.ts";
import { parameterList, type ThresholdLabel } from "./configuration.ts";
import type { PaperNumber, PaperTable } from "./paper.ts";
import { bySeed, type Selection, type TestedRow, type TestedRun } from "./tested-runs.ts";

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

/** What relabelling did to the training labels. The counts need the true labels: synthetic data only. */
export interface RelabelOutcome {
  /** Samples whose label at the end differs from the one in the data set's files. */
  readonly changed: number;
  /** Of the changed labels, those that are now correct. */
  readonly precision?: Count;
  /** Of the labels that were wrong in the files, those that are now correct. */
  readonly recall?: Count;
  /** Of all training labels, those that were correct in the files, and at the end. */
  readonly correctBefore?: Count;
  readonly correctAfter?: Count;
}

export interface Table2Run extends TestedRun {
  readonly relabel?: RelabelOutcome;
}

/** One function f on one data set, with every seed it was run with. */
export interface Table2Row extends TestedRow<Table2Run> {
  readonly f: ThresholdLabel;
  /** δ of Eq. 6, the lower limit of the threshold. */
  readonly delta: number;
}

export const table2 = {
  id: "table2",
  title: "Table 2: accuracy by relabelling threshold function f, without MGN",
  paper,

  /**
   * The table, its rows grouped by data set: the paper's four functions first, in the paper's order, then
   * plugins and further variants as given. `select` is the accuracy that Markdown shows; the CSV has all.
   * Throws a RangeError if a row contradicts the provenance or holds no run.
   */
  build(
    rows: readonly Table2Row[],
    provenance: Provenance,
    options: { readonly select: Selection },
  ): Table {
    const entries = inPaperOrder(rows).map(({ inPaper, ...row }) => ({
      dataset: row.dataset,
      kind: row.kind,
      name: thresholdTitle(row.f),
      runs: row.runs,
      cells: { ...thresholdCells(row), ...relabelCells(row) },
      printed: inPaper ? printedFor(row) : undefined,
    }));
    const { id, title } = table2;
    return accuracyTable(
      { id, title, paper, settings, outcomes, words, entries },
      provenance,
      options,
    );
  },
};

const paperOrder = ["constant", "linear", "quadratic", "sigmoid"];

/** `inPaper`: the first row of its data set with one of the paper's four functions. */
function inPaperOrder(rows: readonly Table2Row[]): (Table2Row & { readonly inPaper: boolean })[] {
  return [...Map.groupBy(rows, ({ dataset }) => dataset).values()].flatMap((group) => {
    const four = paperOrder.flatMap(
      (name) => group.find(({ f }) => !f.plugin && f.name === name) ?? [],
    );
    const others = group.filter((row) => !four.includes(row));
    return [
      ...four.map((row) => ({ ...row, inPaper: true })),
      ...others.map((row) => ({ ...row, inPaper: false })),
    ];
  });
}

function thresholdCells({ f, delta }: Table2Row): Cells {
  return {
    title: text(thresholdTitle(f)),
    f: text(f.name),
    parameters: text(parameterList(f, ",")),
    plugin: text(String(f.plugin)),
    delta: number(delta),
  };
}

/** Counts are pooled over seeds, and left out if any run does not know them. */
function relabelCells({ runs }: Table2Row): Cells {
  const outcomes = bySeed(runs).map(({ relabel }) => relabel);
  const known = outcomes.filter((outcome) => outcome !== undefined);
  if (known.length < outcomes.length) return {};
  const pooled = (name: Exclude<keyof RelabelOutcome, "changed">) => {
    const counts = known.flatMap((outcome) => outcome[name] ?? []);
    if (counts.length < known.length) return undefined;
    const total = (part: keyof Count) => sum(counts.map((count) => count[part]));
    return { kind: "count", k: total("k"), n: total("n") } as const;
  };
  return {
    relabelled: list(known.map(({ changed }) => changed)),
    relabel_precision: pooled("precision"),
    relabel_recall: pooled("recall"),
    correct_before: pooled("correctBefore"),
    correct_after: pooled("correctAfter"),
  };
}

/** Only the paper's own row has the paper's number; a second sigmoid with other parameters has none. */
function printedFor({ dataset, f }: Table2Row) {
  return paper.results.find((result) => result.dataset === dataset && result.f === f.name);
}

const settings: readonly Column[] = [
  { key: "title", title: "f", kind: "text", only: "markdown" },
  { key: "f", title: "f", kind: "text", only: "csv" },
  { key: "parameters", title: "Parameters", kind: "text", only: "csv" },
  { key: "plugin", title: "Plugin", kind: "text", only: "csv" },
  { key: "delta", title: "δ", kind: "number" },
];

const outcomes: readonly Column[] = [
  { key: "relabelled", title: "Labels changed", kind: "list" },
  { key: "relabel_precision", title: "Precision (%)", kind: "count" },
  { key: "relabel_recall", title: "Recall (%)", kind: "count" },
  { key: "correct_before", title: "Correct labels before (%)", kind: "count" },
  { key: "correct_after", title: "Correct labels after (%)", kind: "count" },
];

const words = {
  relabelled:
    "Labels changed: the number of training labels that differ from the data set's files after the last epoch, by seed.",
  relabel_precision: "Precision: of the changed labels, the fraction that is now correct.",
  relabel_recall:
    "Recall: of the labels that were wrong in the files, the fraction that is now correct.",
  correct_after:
    "Correct labels: of all training labels, the fraction that is correct, before the first epoch and after the last.",
};

/** "Constant (baseline)", "Sigmoid (k=10, x0=0.5)", "exponent (plugin, power=3)". */
function thresholdTitle(f: ThresholdLabel): string {
  const known = !f.plugin && paperOrder.includes(f.name);
  const name = known ? f.name.charAt(0).toUpperCase() + f.name.slice(1) : f.name;
  const role = f.plugin ? "plugin" : f.name === "constant" ? "baseline" : "";
  const remarks = [role, parameterList(f, ", ")].filter(Boolean);
  return remarks.length === 0 ? name : `${name} (${remarks.join(", ")})`;
}
