/**
 * @file Table 2: accuracy by relabelling threshold function f, without MGN (section 4.3).
 */
import { table2 as paper } from "../paper/index.ts";
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import type { Selection } from "../tested-run.ts";
import { parameterList, type ThresholdLabel } from "../threshold-label.ts";
import { bySeed } from "./accuracy-cells.ts";
import { accuracyTable } from "./accuracy-table.ts";
import type { RelabelOutcome, Table2Row } from "./table2-row.ts";

/**
 * The table, its rows grouped by data set: the paper's four functions first, in the paper's order,
 * then plugins and further variants as given. `select` is the accuracy that Markdown shows; the CSV has all.
 * Throws a RangeError where a row contradicts the provenance or holds no run.
 */
export function table2(
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
  const title = "Table 2: accuracy by relabelling threshold function f, without MGN";
  return accuracyTable(
    { id: "table2", title, paper, settings, outcomes, words, entries },
    provenance,
    options,
  );
}

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
    title: { kind: "text", text: thresholdTitle(f) },
    f: { kind: "text", text: f.name },
    parameters: { kind: "text", text: parameterList(f, ",") },
    plugin: { kind: "text", text: String(f.plugin) },
    delta: { kind: "number", value: delta },
  };
}

/** Shares are pooled over seeds, and stay out where any run does not know them. */
function relabelCells({ runs }: Table2Row): Cells {
  const outcomes = bySeed(runs).map(({ relabel }) => relabel);
  const known = outcomes.filter((outcome) => outcome !== undefined);
  if (known.length < outcomes.length) return {};
  const pooled = (key: string, name: Exclude<keyof RelabelOutcome, "changed">): Cells => {
    const shares = known.flatMap((outcome) => outcome[name] ?? []);
    if (shares.length < known.length) return {};
    const total = (part: "k" | "n") => shares.reduce((sum, share) => sum + share[part], 0);
    return { [key]: { kind: "share", k: total("k"), n: total("n") } };
  };
  return {
    relabelled: { kind: "list", values: known.map(({ changed }) => changed) },
    ...pooled("relabel_precision", "precision"),
    ...pooled("relabel_recall", "recall"),
    ...pooled("correct_before", "correctBefore"),
    ...pooled("correct_after", "correctAfter"),
  };
}

/** Only the paper's own row has the paper's number; a second sigmoid with other parameters does not. */
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
  { key: "relabel_precision", title: "Precision (%)", kind: "share" },
  { key: "relabel_recall", title: "Recall (%)", kind: "share" },
  { key: "correct_before", title: "True labels before (%)", kind: "share" },
  { key: "correct_after", title: "True labels after (%)", kind: "share" },
];

const words = {
  relabelled:
    "Labels changed: training labels that differ from the data set's files at the end, by seed.",
  relabel_precision: "Precision: of the changed labels, those that are now true.",
  relabel_recall: "Recall: of the labels that were wrong in the files, those that are now true.",
  correct_after: "True labels: of all training labels, before the first epoch and after the last.",
};

/** "Constant (baseline)", "Sigmoid (k=10, x0=0.5)", "exponent (plugin, power=3)". */
function thresholdTitle(f: ThresholdLabel): string {
  const known = !f.plugin && paperOrder.includes(f.name);
  const name = known ? f.name.charAt(0).toUpperCase() + f.name.slice(1) : f.name;
  const role = f.plugin ? "plugin" : f.name === "constant" ? "baseline" : "";
  const remarks = [role, parameterList(f, ", ")].filter((remark) => remark !== "");
  return remarks.length === 0 ? name : `${name} (${remarks.join(", ")})`;
}
