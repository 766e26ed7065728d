/**
 * @file Table 2: accuracy by relabelling threshold function f, without MGN (section 4.3).
 */
import { accuracy, type Accuracy } from "./accuracy.ts";
import { markBest } from "./best.ts";
import { table2 as printed } from "./paper/index.ts";
import type { Provenance } from "./provenance.ts";
import type { Cell, Column, Row, Table } from "./table.ts";
import type { RelabelOutcome, Selection, Table2Row, ThresholdLabel } from "./table2-row.ts";
import { legend, notes } from "./table2-words.ts";

/**
 * The table, its rows grouped by data set: the paper's four functions first, in the paper's order,
 * then plugins and further variants as given. `select` is the accuracy that Markdown shows; the CSV has all.
 * Throws a RangeError where a row contradicts the provenance or holds no run.
 */
export function table2(
  rows: readonly Table2Row[],
  provenance: Provenance,
  { select }: { readonly select: Selection },
): Table {
  if (rows.length === 0) throw new RangeError("table2: expected at least one row, got none");
  const contestants = inPaperOrder(rows).map(({ inPaper, ...row }) => {
    const { cells, selected } = measuredCells(row, select);
    return {
      name: thresholdTitle(row.f),
      accuracy: selected,
      row: {
        dataset: row.dataset,
        cells: { ...cells, ...describingCells(row, provenance), ...paperCell(row, inPaper) },
      } satisfies Row,
    };
  });
  const ranking = markBest(contestants, "accuracy");
  const columns = columnsOf(ranking.rows);
  return {
    title: "Table 2: accuracy by relabelling threshold function f, without MGN",
    columns,
    rows: ranking.rows,
    legend: legend(rows, select, columns),
    notes: [...ranking.notes, ...notes(rows, provenance)],
    provenance,
  };
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

type Cells = Readonly<Record<string, Cell>>;

function describingCells({ dataset, kind, f, delta }: Table2Row, { data }: Provenance): Cells {
  const description = data.find(({ title }) => title === dataset);
  if (description?.kind !== kind) {
    throw new RangeError(
      `table2: expected the provenance to describe ${dataset} as ${kind}, got ${description?.kind ?? "no description"}`,
    );
  }
  const { labelNoise } = description;
  return {
    dataset: { kind: "text", text: dataset },
    title: { kind: "text", text: thresholdTitle(f) },
    f: { kind: "text", text: f.name },
    parameters: { kind: "text", text: parameterList(f, ",") },
    plugin: { kind: "text", text: String(f.plugin) },
    delta: { kind: "number", value: delta },
    data_kind: { kind: "text", text: kind },
    ...(labelNoise === undefined ? {} : { label_noise: { kind: "number", value: labelNoise } }),
  };
}

function measuredCells(
  { dataset, f, runs }: Table2Row,
  select: Selection,
): { readonly cells: Cells; readonly selected: Accuracy } {
  if (runs.length === 0) {
    throw new RangeError(`table2: expected at least one run of ${f.name} on ${dataset}, got none`);
  }
  const bySeed = runs.toSorted((a, b) => a.seed - b.seed || (a.id < b.id ? -1 : 1));
  const over = (name: "validation" | "last" | "bestOnTest") =>
    accuracy(bySeed.map((run) => ({ seed: run.seed, ...run[name] })));
  const all = {
    validation: over("validation"),
    last: over("last"),
    "best-on-test": over("bestOnTest"),
  };
  const selected = all[select];
  return {
    selected,
    cells: {
      seeds: { kind: "list", values: bySeed.map(({ seed }) => seed) },
      accuracy: selected,
      validation_accuracy: all.validation,
      last_accuracy: all.last,
      best_on_test_accuracy: all["best-on-test"],
      ...relabelCells(bySeed.map(({ relabel }) => relabel)),
      runs: { kind: "list", values: bySeed.map(({ id }) => id) },
    },
  };
}

/** Shares are pooled over seeds, and stay out where any run does not know them. */
function relabelCells(outcomes: readonly (RelabelOutcome | undefined)[]): Cells {
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
function paperCell({ dataset, f, kind }: Table2Row, inPaper: boolean): Cells {
  const result = printed.results.find((r) => r.dataset === dataset && r.f === f.name);
  return kind === "real" && inPaper && result !== undefined
    ? { paper: { kind: "paper", percent: result.percent } }
    : {};
}

/** The CSV's columns are always the same; Markdown leaves out what is unknown in every row. */
function columnsOf(rows: readonly Row[]): readonly Column[] {
  const columns: readonly Column[] = [
    { key: "dataset", title: "Data set", kind: "text" },
    { key: "title", title: "f", kind: "text", only: "markdown" },
    { key: "f", title: "f", kind: "text", only: "csv" },
    { key: "parameters", title: "Parameters", kind: "text", only: "csv" },
    { key: "plugin", title: "Plugin", kind: "text", only: "csv" },
    { key: "delta", title: "δ", kind: "number" },
    { key: "seeds", title: "Seeds", kind: "list", only: "csv" },
    { key: "accuracy", title: "Accuracy (%)", kind: "accuracy", only: "markdown" },
    { key: "paper", title: "Paper (%)", kind: "paper" },
    { key: "validation_accuracy", title: "Validation-chosen", kind: "accuracy", only: "csv" },
    { key: "last_accuracy", title: "Last epoch", kind: "accuracy", only: "csv" },
    { key: "best_on_test_accuracy", title: "Best on test", kind: "accuracy", only: "csv" },
    { key: "relabelled", title: "Labels changed", kind: "list" },
    { key: "relabel_precision", title: "Precision (%)", kind: "share" },
    { key: "relabel_recall", title: "Recall (%)", kind: "share" },
    { key: "correct_before", title: "True labels before (%)", kind: "share" },
    { key: "correct_after", title: "True labels after (%)", kind: "share" },
    { key: "data_kind", title: "Data", kind: "text", only: "csv" },
    { key: "label_noise", title: "Label noise", kind: "number", only: "csv" },
    { key: "runs", title: "Runs", kind: "list", only: "csv" },
  ];
  return columns.map((column) =>
    column.only === undefined && rows.every(({ cells }) => cells[column.key] === undefined)
      ? { ...column, only: "csv" }
      : column,
  );
}

/** "Constant (baseline)", "Sigmoid (k=10, x0=0.5)", "exponent (plugin, power=3)". */
function thresholdTitle(f: ThresholdLabel): string {
  const known = !f.plugin && paperOrder.includes(f.name);
  const name = known ? f.name.charAt(0).toUpperCase() + f.name.slice(1) : f.name;
  const role = f.plugin ? "plugin" : f.name === "constant" ? "baseline" : "";
  const remarks = [role, parameterList(f, ", ")].filter((remark) => remark !== "");
  return remarks.length === 0 ? name : `${name} (${remarks.join(", ")})`;
}

/** As on the command line: "k=10,x0=0.5". */
function parameterList({ parameters }: ThresholdLabel, separator: string): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(separator);
}
