/** @file Table 4: MVT compared with the methods that the paper quotes (section 4.4). */
import {
  columnLegend,
  conjunction,
  dataCells,
  dataColumns,
  datasetColumn,
  knownColumns,
} from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import type { Table } from "../table.ts";
import { type Configuration, configurationCells, configurationColumns } from "./configuration.ts";
import { type MeasuredAccuracy, measuredLead } from "./lead.ts";
import {
  methodColumns,
  methodLegend,
  type MethodResult,
  methodRows,
  papersOwn,
  publishedAppendix,
} from "./methods.ts";
import { paperColumn, type PaperTable } from "./paper.ts";
import {
  accuracyCells,
  accuracyColumns,
  accuracyLegend,
  epochColumns,
  testedWords,
  requireDistinct,
  scaleNotes,
  type Selection,
  type TestedRow,
} from "./tested-runs.ts";

interface PaperResult extends MethodResult {
  /** In part (c) the paper marks AffectNet-7 by †; the others are AffectNet-8. */
  readonly dataset: "RAF-DB" | "FERPlus" | "AffectNet-7" | "AffectNet-8";
  readonly year: number;
  /** ° in print: the faces were aligned once more. */
  readonly alignment?: true;
  /** * in print: rare classes of the training set were drawn more often. */
  readonly oversampling?: true;
}

const [alignment, oversampling] = [true, true] as const;

const on = (dataset: PaperResult["dataset"], results: readonly Omit<PaperResult, "dataset">[]) =>
  results.map((result) => ({ dataset, ...result }));

/** The accuracies on AffectNet are mean class accuracies (section 4.1). */
const paper: PaperTable<PaperResult> = {
  table: "Table 4",
  section: "section 4.4",
  caption: "Comparisons with the state-of-the-art results",
  results: [
    // (a)
    ...on("RAF-DB", [
      { method: "FSN", reference: 38, year: 2018, percent: 81.14 },
      { method: "gACNN", reference: 26, year: 2018, percent: 85.07 },
      { method: "RAN", reference: 27, year: 2020, percent: 86.9 },
      { method: "SCN", reference: 18, year: 2020, percent: 87.03 },
      { method: "DSAN-VGG-RACE", reference: 39, year: 2020, percent: 85.37 },
      { method: "SPWFA-SE", reference: 40, year: 2020, percent: 86.31 },
      { method: "CVT", reference: 41, year: 2021, percent: 88.14 },
      { method: "EfficientFace", reference: 28, year: 2021, percent: 88.36 },
      { method: "MVT", m: 0.15, f: "sigmoid", year: 2021, percent: 88.62 },
    ]),
    // (b)
    ...on("FERPlus", [
      { method: "ResNet+VGG", reference: 42, year: 2017, percent: 87.4, decimals: 1 },
      { method: "SHCNN", reference: 43, year: 2019, percent: 86.54 },
      { method: "LDR", reference: 44, year: 2020, percent: 87.6, decimals: 1 },
      { method: "RAN", reference: 27, year: 2020, percent: 87.85 },
      { method: "RAN", reference: 27, year: 2020, percent: 88.55, alignment },
      { method: "SCN", reference: 18, year: 2020, percent: 88.01 },
      { method: "CVT", reference: 41, year: 2021, percent: 88.81 },
      { method: "MVT", m: 0.2, f: "quadratic", year: 2021, percent: 89.22 },
    ]),
    // (c), † in print
    ...on("AffectNet-7", [
      { method: "IPA2LT", reference: 45, year: 2018, percent: 55.11 },
      { method: "gACNN", reference: 26, year: 2018, percent: 58.78 },
      { method: "SPWFA-SE", reference: 40, year: 2020, percent: 59.23 },
      { method: "DDA-Loss", reference: 46, year: 2020, percent: 62.34, oversampling },
      {
        method: "EfficientFace",
        reference: 28,
        year: 2021,
        percent: 63.7,
        decimals: 1,
        oversampling,
      },
      { method: "MVT", m: 0.15, year: 2021, percent: 64.57, oversampling },
    ]),
    // (c), without †
    ...on("AffectNet-8", [
      { method: "RAN", reference: 27, year: 2020, percent: 52.97 },
      { method: "RAN", reference: 27, year: 2020, percent: 59.5, decimals: 1, oversampling },
      { method: "SCN", reference: 18, year: 2020, percent: 60.23, oversampling },
      { method: "CVT", reference: 41, year: 2021, percent: 61.85, oversampling },
      { method: "EfficientFace", reference: 28, year: 2021, percent: 59.89, oversampling },
      { method: "MVT", m: 0.15, year: 2021, percent: 61.4, oversampling },
    ]),
  ],
};

/** The best configuration on one data set, with every seed it was run with. */
export interface Table4Row extends TestedRow, Configuration {}

export const table4 = {
  id: "table4",
  title: "Table 4: MVT compared with other methods",
  paper,

  /**
   * The table, its data sets in the paper's order and each with the paper's lines. A data set that was not
   * run is absent, and a note says so. `select` is the accuracy that Markdown shows; the CSV has all, of our
   * own lines only.
   * Throws a RangeError if there is no row, or a row contradicts the provenance, comes twice or holds no run.
   */
  build(
    rows: readonly Table4Row[],
    provenance: Provenance,
    { select }: { readonly select: Selection },
  ): Table {
    if (rows.length === 0) throw new RangeError("table4: expected at least one row, got none");
    const measured: MeasuredAccuracy[] = [];
    const epochs = epochColumns(rows);
    const groups = inPaperOrder(rows).map((row) => {
      const { dataset, kind, mgn, relabel, runs } = row;
      const about = { table: "table4", row: `MVT on ${dataset}` };
      const { cells, selected } = accuracyCells(about, runs, select);
      const published = paper.results.filter((result) => result.dataset === dataset);
      measured.push({ on: dataset, accuracy: selected, paper: papersOwn(row, published) });
      return {
        dataset,
        kind,
        mgn,
        relabel,
        common: {},
        ours: {
          ...dataCells("table4", row, provenance),
          ...configurationCells(row),
          ...cells,
          ...epochs.cellsOf(runs),
        },
        published,
      };
    });
    const { rows: tableRows, elsewhere } = methodRows(groups, marksOf);
    const columns = knownColumns(
      [
        datasetColumn,
        ...methodColumns,
        ...configurationColumns,
        ...accuracyColumns,
        ...epochs.columns,
        ...dataColumns,
      ],
      tableRows,
    );
    const seeds = rows.map(({ runs }) => runs.length);
    return {
      title: table4.title,
      lead: measuredLead(measured),
      columns,
      rows: tableRows,
      appendices: publishedAppendix(
        paper,
        [datasetColumn, ...methodColumns, paperColumn],
        elsewhere,
      ),
      legend: [
        ...accuracyLegend(seeds, select),
        ...columnLegend(testedWords, columns),
        ...methodLegend(paper, columns),
        ...footnotes(groups.flatMap(({ published }) => published)),
      ],
      notes: [...affectNetNotes(rows), ...absentNotes(rows), ...scaleNotes(rows, provenance)],
      provenance,
    };
  },
};

function inPaperOrder(rows: readonly Table4Row[]): readonly Table4Row[] {
  const order: readonly string[] = paper.results.map(({ dataset }) => dataset);
  const place = ({ dataset }: Table4Row) => {
    const at = order.indexOf(dataset);
    return at === -1 ? order.length : at;
  };
  const sorted = rows.toSorted((a, b) => place(a) - place(b));
  requireDistinct(
    "table4",
    sorted.map(({ dataset }) => dataset),
  );
  return sorted;
}

/** As printed in the paper, after the name of a method, with what the paper says of each. */
const marks = {
  alignment: { mark: "°", footnote: "°: the method aligns faces once more." },
  affectNet7: { mark: "†", footnote: "†: on the seven classes of AffectNet-7." },
  oversampling: {
    mark: "*",
    footnote: "\\*: trained with oversampling, since AffectNet's training set is imbalanced.",
  },
} as const;

function marksOf(result: PaperResult): string {
  return [
    result.alignment ? marks.alignment.mark : "",
    result.dataset === "AffectNet-7" ? marks.affectNet7.mark : "",
    result.oversampling ? marks.oversampling.mark : "",
  ].join("");
}

/** Of the marks that are shown. */
function footnotes(results: readonly PaperResult[]): readonly string[] {
  const shown = results.map(marksOf).join("");
  return Object.values(marks)
    .filter(({ mark }) => shown.includes(mark))
    .map(({ footnote }) => footnote);
}

function affectNetNotes(rows: readonly Table4Row[]): readonly string[] {
  return rows.some(({ dataset }) => dataset.startsWith("AffectNet"))
    ? [
        "AffectNet: the paper gives the mean class accuracy. It equals the accuracy if all classes have equally many test images; those of AffectNet do, except for one image.",
      ]
    : [];
}

function absentNotes(rows: readonly Table4Row[]): readonly string[] {
  const printed = new Set<string>(paper.results.map(({ dataset }) => dataset));
  const absent = [...printed].filter((title) => rows.every(({ dataset }) => dataset !== title));
  return absent.length === 0
    ? []
    : [`The paper's table also has ${conjunction.format(absent)}, which this report leaves out.`];
}
