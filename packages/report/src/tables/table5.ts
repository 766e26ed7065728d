/**
 * @file Table 5: MVT on the test faces that are occluded or turned (section 4.4).
 */
import { accuracy } from "../accuracy.ts";
import { table5 as paper } from "../paper/index.ts";
import type { DataKind, Provenance } from "../provenance.ts";
import type { Cells, Column, Share, Table } from "../table.ts";
import { bySeed } from "./accuracy-cells.ts";
import { scaleNotes, spreadLegend } from "./accuracy-words.ts";
import { text } from "./cells.ts";
import { type Configuration, configurationCells, configurationColumns } from "./configuration.ts";
import { dataCells, dataColumns, datasetColumn } from "./data-cells.ts";
import { knownColumns } from "./known-columns.ts";
import { methodColumns, methodLegend, methodRows, publishedAppendix } from "./methods.ts";

/** One run on one subset of its test set, with the weights that were best on validation images. */
export interface SubsetRun {
  /** The run's folder under runs/. */
  readonly id: string;
  readonly seed: number;
  /** Whose weights answered, counted from 1. */
  readonly epoch: number;
  /** Right answers, and lines of the subset's list, some of which may name an image again. */
  readonly listed: Share;
  /** The same, each image once. */
  readonly unique: Share;
}

/** The best configuration on one subset, with every seed it was run with. */
export interface Table5Row extends Configuration {
  /** The title of the data set, as in the provenance. */
  readonly dataset: string;
  readonly kind: DataKind;
  /** "occlusion", "pose-30" and "pose-45" are the paper's. */
  readonly subset: {
    readonly name: string;
    readonly title: string;
    /** What a reader of the accuracy must know about the list. */
    readonly notes?: readonly string[];
  };
  readonly runs: readonly SubsetRun[];
}

/**
 * The table, its rows as given, each subset with the paper's lines; the CSV has our own lines only.
 * Throws a RangeError where there is no row, or a row contradicts the provenance, comes twice or holds no run.
 */
export function table5(rows: readonly Table5Row[], provenance: Provenance): Table {
  if (rows.length === 0) throw new RangeError("table5: expected at least one row, got none");
  const groups = rows.map((row, i) => {
    const { dataset, kind, mgn, relabel, subset } = row;
    const same = (other: Table5Row) =>
      other.dataset === dataset && other.subset.name === subset.name;
    if (rows.findIndex(same) < i) {
      throw new RangeError(`table5: expected one row for ${subset.title} of ${dataset}, got two`);
    }
    return {
      dataset,
      kind,
      mgn,
      relabel,
      common: { subset_title: text(subset.title) },
      ours: {
        ...dataCells("table5", row, provenance),
        subset: text(subset.name),
        ...configurationCells(row),
        ...subsetCells(row),
      },
      published: paper.results.filter(
        (result) => result.dataset === dataset && result.subset === subset.name,
      ),
    };
  });
  const { rows: tableRows, elsewhere } = methodRows(groups, () => "");
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
    title: "Table 5: MVT on occluded and turned faces",
    columns,
    rows: tableRows,
    appendices: publishedAppendix(
      paper,
      [...subsetColumns, ...methodColumns, paperColumn],
      elsewhere,
    ),
    legend: [
      "Accuracy: on the images of the subset, from the answers for the whole test set, with the weights of the epoch that was best on images held out from the training set. An image counts as often as the subset's list names it.",
      ...(repeats
        ? ["Each image once: without the lines of a list that name an image again."]
        : []),
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
}

function subsetCells({ dataset, subset, runs }: Table5Row): Cells {
  if (runs.length === 0) {
    throw new RangeError(
      `table5: expected at least one run on ${subset.title} of ${dataset}, got none`,
    );
  }
  const ordered = bySeed(runs);
  const over = (name: "listed" | "unique") =>
    accuracy(ordered.map((run) => ({ seed: run.seed, epoch: run.epoch, ...run[name] })));
  return {
    seeds: { kind: "list", values: ordered.map(({ seed }) => seed) },
    validation_accuracy: over("listed"),
    unique_accuracy: over("unique"),
    runs: { kind: "list", values: ordered.map(({ id }) => id) },
  };
}

const subsetColumns: readonly Column[] = [
  { key: "subset_title", title: "Subset", kind: "text", only: "markdown" },
  { key: "subset", title: "Subset", kind: "text", only: "csv" },
];

const paperColumn: Column = { key: "paper", title: "Paper (%)", kind: "paper" };

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
