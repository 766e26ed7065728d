/**
 * @file Table 5: MVT on occluded and turned test faces of RAF-DB (section 4.4).
 *
 * The subsets are those of [27] (section 4.1): Occlusion-RAF-DB, and Pose-RAF-DB with faces turned by
 * more than 30 and more than 45 degrees.
 */
import { type Accuracy, accuracy, type Count } from "../accuracy.ts";
import { dataCells, dataColumns, datasetColumn, knownColumns, list, text } from "../columns.ts";
import type { DataKind, Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import { type Configuration, configurationCells, configurationColumns } from "./configuration.ts";
import { measuredLead } from "./lead.ts";
import {
  methodColumns,
  methodLegend,
  type MethodResult,
  methodRows,
  papersOwn,
  publishedAppendix,
} from "./methods.ts";
import { paperColumn, type PaperTable } from "./paper.ts";
import { bySeed, requireDistinct, scaleNotes, spreadLegend } from "./tested-runs.ts";

interface PaperResult extends MethodResult {
  readonly dataset: "RAF-DB";
  readonly subset: "occlusion" | "pose-30" | "pose-45";
}

const dataset = "RAF-DB";
/** The configuration that section 4.3 chooses for RAF-DB. */
const ours = { method: "MVT", m: 0.15, f: "sigmoid" } as const;

/** The table has no years and no footnotes. */
const paper: PaperTable<PaperResult> = {
  table: "Table 5",
  section: "section 4.4",
  caption: "Comparisons with other methods on Occlusion-RAF-DB and Pose-RAF-DB datasets",
  results: [
    { dataset, subset: "occlusion", method: "Baseline", reference: 27, percent: 80.19 },
    { dataset, subset: "occlusion", method: "RAN", reference: 27, percent: 82.72 },
    { dataset, subset: "occlusion", method: "CVT", reference: 41, percent: 83.95 },
    { dataset, subset: "occlusion", method: "EfficientFace", reference: 28, percent: 83.24 },
    { dataset, subset: "occlusion", ...ours, percent: 85.17 },
    { dataset, subset: "pose-30", method: "Baseline", reference: 27, percent: 84.04 },
    { dataset, subset: "pose-30", method: "RAN", reference: 27, percent: 86.74 },
    { dataset, subset: "pose-30", method: "CVT", reference: 41, percent: 87.97 },
    { dataset, subset: "pose-30", method: "EfficientFace", reference: 28, percent: 88.13 },
    { dataset, subset: "pose-30", ...ours, percent: 87.99 },
    { dataset, subset: "pose-45", method: "Baseline", reference: 27, percent: 83.15 },
    { dataset, subset: "pose-45", method: "RAN", reference: 27, percent: 85.2, decimals: 1 },
    { dataset, subset: "pose-45", method: "CVT", reference: 41, percent: 88.35 },
    { dataset, subset: "pose-45", method: "EfficientFace", reference: 28, percent: 86.92 },
    { dataset, subset: "pose-45", ...ours, percent: 88.4 },
  ],
};

/** One run on one subset of its test set, with the weights that were best on validation images. */
export interface SubsetRun {
  /** The run's folder under runs/. */
  readonly id: string;
  readonly seed: number;
  /** The epoch of those weights, counted from 1. */
  readonly epoch: number;
  /** Correct predictions, and lines of the subset's list, which may name an image more than once. */
  readonly listed: Count;
  /** The same, each image once. */
  readonly unique: Count;
}

/** The best configuration on one subset, with every seed it was run with. */
export interface Table5Row extends Configuration {
  /** The title of the data set, as in the provenance. */
  readonly dataset: string;
  readonly kind: DataKind;
  /** The paper has "occlusion", "pose-30" and "pose-45". */
  readonly subset: {
    readonly name: string;
    readonly title: string;
    /** What a reader of the accuracy must know about the list. */
    readonly notes?: readonly string[];
  };
  readonly runs: readonly SubsetRun[];
}

export const table5 = {
  id: "table5",
  title: "Table 5: MVT on occluded and turned faces",
  paper,

  /**
   * The table, its rows as given, each subset with the paper's lines; the CSV has our own lines only.
   * Throws a RangeError if there is no row, or a row contradicts the provenance, comes twice or holds no run.
   */
  build(rows: readonly Table5Row[], provenance: Provenance): Table {
    if (rows.length === 0) throw new RangeError("table5: expected at least one row, got none");
    requireDistinct(
      "table5",
      rows.map((row) => `${row.subset.title} of ${row.dataset}`),
    );
    const groups = rows.map((row) => ({
      dataset: row.dataset,
      kind: row.kind,
      mgn: row.mgn,
      relabel: row.relabel,
      common: { subset_title: text(row.subset.title) },
      ours: {
        ...dataCells("table5", row, provenance),
        subset: text(row.subset.name),
        ...configurationCells(row),
        ...subsetCells(row),
      },
      published: paper.results.filter(
        (result) => result.dataset === row.dataset && result.subset === row.subset.name,
      ),
    }));
    const { rows: tableRows, elsewhere } = methodRows(groups, () => "");
    const lead = measuredLead(
      rows.map((row, i) => ({
        on: row.subset.title,
        accuracy: over(row.runs, "listed"),
        paper: papersOwn(row, groups[i]!.published),
      })),
    );
    const repeats = rows.some(({ runs }) => runs.some(({ listed, unique }) => listed.n > unique.n));
    const columns = knownColumns(
      [
        { ...datasetColumn, only: "csv" },
        ...subsetColumns,
        ...methodColumns,
        ...configurationColumns,
        ...resultColumns(repeats),
        ...dataColumns,
      ],
      tableRows,
    );
    return {
      title: table5.title,
      lead,
      columns,
      rows: tableRows,
      appendices: publishedAppendix(
        paper,
        [...subsetColumns, ...methodColumns, paperColumn],
        elsewhere,
      ),
      legend: [
        "Accuracy: measured on the images of the subset, with the weights of the epoch that was best on images held out from the training set. The predictions are those for the whole test set. An image counts as often as the subset's list names it.",
        ...(repeats ? ["Each image once: an image that a list names again counts once."] : []),
        ...spreadLegend(rows.map(({ runs }) => runs.length)),
        ...methodLegend(paper, columns),
      ],
      notes: [
        ...rows.flatMap(({ subset: { title, notes = [] } }) =>
          notes.map((note) => `${title}: ${note}.`),
        ),
        ...scaleNotes(rows, provenance),
      ],
      provenance,
    };
  },
};

function subsetCells({ dataset: title, subset, runs }: Table5Row): Cells {
  if (runs.length === 0) {
    throw new RangeError(
      `table5: expected at least one run on ${subset.title} of ${title}, got none`,
    );
  }
  const ordered = bySeed(runs);
  return {
    seeds: list(ordered.map(({ seed }) => seed)),
    validation_accuracy: over(runs, "listed"),
    unique_accuracy: over(runs, "unique"),
    runs: list(ordered.map(({ id }) => id)),
  };
}

function over(runs: readonly SubsetRun[], name: "listed" | "unique"): Accuracy {
  return accuracy(bySeed(runs).map((run) => ({ seed: run.seed, epoch: run.epoch, ...run[name] })));
}

const subsetColumns: readonly Column[] = [
  { key: "subset_title", title: "Subset", kind: "text", only: "markdown" },
  { key: "subset", title: "Subset", kind: "text", only: "csv" },
];

/** `repeats`: some list names an image again, so that the two counts differ. */
function resultColumns(repeats: boolean): readonly Column[] {
  const unique = {
    key: "unique_accuracy",
    title: "Each image once (%)",
    kind: "accuracy",
  } as const;
  return [
    { key: "seeds", title: "Seeds", kind: "list", only: "csv" },
    { key: "validation_accuracy", title: "Accuracy (%)", kind: "accuracy" },
    paperColumn,
    repeats ? unique : { ...unique, only: "csv" },
  ];
}
