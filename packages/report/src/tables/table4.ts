/**
 * @file Table 4: MVT among the methods that the paper compares with (section 4.4).
 */
import { table4 as paper } from "../paper/index.ts";
import type { Provenance } from "../provenance.ts";
import type { Column, Table } from "../table.ts";
import type { Selection, TestedRow } from "../tested-run.ts";
import { accuracyCells, accuracyColumns } from "./accuracy-cells.ts";
import { accuracyLegend, scaleNotes } from "./accuracy-words.ts";
import { type Configuration, configurationCells, configurationColumns } from "./configuration.ts";
import { dataCells, dataColumns, datasetColumn } from "./data-cells.ts";
import { knownColumns } from "./known-columns.ts";
import { methodColumns, methodLegend, methodRows, publishedAppendix } from "./methods.ts";

/** The best configuration on one data set, with every seed it was run with. */
export interface Table4Row extends TestedRow, Configuration {}

/**
 * The table, its data sets in the paper's order and each with the paper's lines; a data set that was
 * not run is absent, and a note says so. `select` is the accuracy that Markdown shows; the CSV has all,
 * of our own lines only.
 * Throws a RangeError where there is no row, or a row contradicts the provenance, comes twice or holds no run.
 */
export function table4(
  rows: readonly Table4Row[],
  provenance: Provenance,
  { select }: { readonly select: Selection },
): Table {
  if (rows.length === 0) throw new RangeError("table4: expected at least one row, got none");
  const groups = inPaperOrder(rows).map((row) => {
    const { dataset, kind, mgn, relabel, runs } = row;
    const about = { table: "table4", row: `MVT on ${dataset}` };
    return {
      dataset,
      kind,
      mgn,
      relabel,
      common: {},
      ours: {
        ...dataCells("table4", row, provenance),
        ...configurationCells(row),
        ...accuracyCells(about, runs, select).cells,
      },
      published: paper.results.filter((result) => result.dataset === dataset),
    };
  });
  const { rows: tableRows, elsewhere } = methodRows(groups, marksOf);
  const columns = knownColumns(
    [datasetColumn, ...methodColumns, ...configurationColumns, ...accuracyColumns, ...dataColumns],
    tableRows,
  );
  return {
    title: "Table 4: MVT among other methods",
    columns,
    rows: tableRows,
    appendices: publishedAppendix(paper, [datasetColumn, ...methodColumns, paperColumn], elsewhere),
    legend: [
      ...accuracyLegend(
        rows.map(({ runs }) => runs.length),
        select,
      ),
      ...methodLegend(paper, columns),
      ...footnotes(groups.flatMap(({ published }) => published)),
    ],
    notes: [...affectNetNotes(rows), ...absentNotes(rows), ...scaleNotes(rows, provenance)],
    provenance,
  };
}

type Result = (typeof paper.results)[number];

function inPaperOrder(rows: readonly Table4Row[]): readonly Table4Row[] {
  const order: readonly string[] = paper.results.map(({ dataset }) => dataset);
  const place = ({ dataset }: Table4Row) => {
    const at = order.indexOf(dataset);
    return at === -1 ? order.length : at;
  };
  const sorted = rows.toSorted((a, b) => place(a) - place(b));
  for (const [i, { dataset }] of sorted.entries()) {
    if (sorted.findIndex((row) => row.dataset === dataset) === i) continue;
    throw new RangeError(`table4: expected one row for ${dataset}, got two`);
  }
  return sorted;
}

/** As printed, behind the name of a method there. */
const marks = {
  alignment: "°",
  affectNet7: "†",
  oversampling: "*",
} as const;

function marksOf({ dataset, alignment, oversampling }: Result): string {
  return [
    alignment === true ? marks.alignment : "",
    dataset === "AffectNet-7" ? marks.affectNet7 : "",
    oversampling === true ? marks.oversampling : "",
  ].join("");
}

/** Of the marks that are there, what the paper says of them. */
function footnotes(results: readonly Result[]): readonly string[] {
  const words = {
    [marks.alignment]: "°: the method aligns faces once more.",
    [marks.affectNet7]: "†: on the seven classes of AffectNet-7.",
    [marks.oversampling]:
      "\\*: trained with oversampling, since AffectNet's training set is imbalanced.",
  };
  const shown = results.map(marksOf).join("");
  return Object.entries(words).flatMap(([mark, text]) => (shown.includes(mark) ? [text] : []));
}

function affectNetNotes(rows: readonly Table4Row[]): readonly string[] {
  return rows.some(({ dataset }) => dataset.startsWith("AffectNet"))
    ? [
        "AffectNet: the paper gives the mean class accuracy. With as many test images of each class, as AffectNet has them but for one, it is the accuracy.",
      ]
    : [];
}

const conjunction = new Intl.ListFormat("en-GB", { type: "conjunction" });

function absentNotes(rows: readonly Table4Row[]): readonly string[] {
  const printed = new Set<string>(paper.results.map(({ dataset }) => dataset));
  const absent = [...printed].filter((title) => rows.every(({ dataset }) => dataset !== title));
  return absent.length === 0
    ? []
    : [
        `The paper's table goes on: ${conjunction.format(absent)} ${absent.length === 1 ? "is" : "are"} not among the data sets of this report.`,
      ];
}

const paperColumn: Column = { key: "paper", title: "Paper (%)", kind: "paper" };
