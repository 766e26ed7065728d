/**
 * @file How well masks find what does not matter, measured on synthetic faces, where that is known.
 */
import { measure, type Measure } from "../measure.ts";
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import { bySeed } from "./accuracy-cells.ts";
import { dataCells, dataColumns, datasetColumn } from "./data-cells.ts";
import { knownColumns, shownKeys } from "./known-columns.ts";
import { checkMaskRatio, maskPercent } from "./mask-ratio.ts";

/** Where masks come from, in the order to print: MGN in three forms, then masks that never look. */
const sources = {
  "mgn-soft": "MGN, soft",
  "mgn-hard": "MGN, hard",
  "mgn-top-k": "MGN, top-k",
  random: "Random",
  ellipse: "Ellipse",
  corners: "Corners",
} as const;

export type MaskSource = keyof typeof sources;

/** Of one run, against the ground truth of the test set. Absent: not defined for such masks. */
export interface MaskMeasures {
  /** Of the patches removed, the share that carries no expression; of a soft mask's, the round(m N) highest. */
  readonly expressionless?: number | undefined;
  /** The share of all expression energy that is removed, over m. */
  readonly energyOverM?: number | undefined;
  /** Area under the ROC curve of 1 - M_p against whether a patch carries expression. */
  readonly auc?: number | undefined;
  /** The same for the mean mask of all images, which knows positions only. */
  readonly positionAuc?: number | undefined;
  /** The same within one position, across images. */
  readonly withinPositionAuc?: number | undefined;
}

export interface MasksRun extends MaskMeasures {
  /** The run's folder under runs/. */
  readonly id: string;
  readonly seed: number;
}

/** One kind of mask on one data set, with every seed it was measured with. */
export interface MasksRow {
  /** The title of a synthetic data set, as in the provenance. */
  readonly dataset: string;
  readonly source: MaskSource;
  /** The mask ratio, the share of the picture to be removed. */
  readonly m: number;
  readonly runs: readonly MasksRun[];
}

/**
 * The table, its rows grouped by data set, ascending in m, and in the order of `MaskSource`.
 * A measure that one of a row's runs does not have stays empty.
 * Throws a RangeError where data are not synthetic, a row comes twice or holds no run, or a share is none.
 */
export function masksTable(
  rows: readonly MasksRow[],
  provenance: Provenance,
  { title = "Masks against the ground truth" }: { readonly title?: string } = {},
): Table {
  if (rows.length === 0) throw new RangeError("masksTable: expected at least one row, got none");
  const groups = [...Map.groupBy(rows, ({ dataset }) => dataset).values()];
  const tableRows = groups.flatMap(inOrder).map((row) => ({
    dataset: row.dataset,
    cells: {
      ...dataCells("masksTable", { dataset: row.dataset, kind: "synthetic" }, provenance),
      ...settingCells(row),
      ...measureCells(row),
    },
  }));
  const columns = knownColumns(
    [datasetColumn, ...settings, ...measures, ...dataColumns],
    tableRows,
  );
  const shown = shownKeys(columns);
  return {
    title,
    columns,
    rows: tableRows,
    legend: Object.entries(words).flatMap(([key, text]) => (shown.has(key) ? [text] : [])),
    notes: [],
    provenance,
  };
}

function inOrder(group: readonly MasksRow[]): readonly MasksRow[] {
  const order = Object.keys(sources);
  const sorted = group.toSorted(
    (a, b) => a.m - b.m || order.indexOf(a.source) - order.indexOf(b.source),
  );
  for (const [i, { dataset, source, m, runs }] of sorted.entries()) {
    checkMaskRatio("masksTable", dataset, m, "above 0");
    const row = `${sources[source]}, m = ${m}, on ${dataset}`;
    if (runs.length === 0) {
      throw new RangeError(`masksTable: expected at least one run of ${row}, got none`);
    }
    if (sorted[i - 1]?.source === source && sorted[i - 1]?.m === m) {
      throw new RangeError(`masksTable: expected one row for ${row}, got two`);
    }
  }
  return sorted;
}

function settingCells({ source, m, runs }: MasksRow): Cells {
  const ordered = bySeed(runs);
  return {
    title: { kind: "text", text: sources[source] },
    source: { kind: "text", text: source },
    m_percent: { kind: "text", text: maskPercent(m) },
    m: { kind: "number", value: m },
    seed_count: { kind: "number", value: runs.length },
    seeds: { kind: "list", values: ordered.map(({ seed }) => seed) },
    runs: { kind: "list", values: ordered.map(({ id }) => id) },
  };
}

function measureCells(row: MasksRow): Cells {
  const cell = (name: keyof MaskMeasures, unit: Measure["unit"], highest: number) => {
    const ordered = bySeed(row.runs);
    const values = ordered.flatMap((run) => run[name] ?? []);
    for (const value of values) {
      if (value >= 0 && value <= highest * (1 + rounding)) continue;
      throw new RangeError(
        `masksTable: expected ${name} of ${sources[row.source]} on ${row.dataset} to be from 0 to ${highest}, got ${value}`,
      );
    }
    return values.length < ordered.length ? undefined : measure(values, unit);
  };
  const cells = {
    expressionless: cell("expressionless", "percent", 1),
    energy_over_m: cell("energyOverM", "number", 1 / row.m),
    auc: cell("auc", "number", 1),
    position_auc: cell("positionAuc", "number", 1),
    within_position_auc: cell("withinPositionAuc", "number", 1),
  };
  return Object.fromEntries(
    Object.entries(cells).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** A sum of all energy may exceed one by this much. */
const rounding = 1e-6;

const settings: readonly Column[] = [
  { key: "title", title: "Mask", kind: "text", only: "markdown" },
  { key: "source", title: "Mask", kind: "text", only: "csv" },
  { key: "m_percent", title: "m (%)", kind: "text", only: "markdown" },
  { key: "m", title: "m", kind: "number", only: "csv" },
  { key: "seed_count", title: "Seeds", kind: "number", only: "markdown" },
  { key: "seeds", title: "Seeds", kind: "list", only: "csv" },
];

const measures: readonly Column[] = [
  { key: "expressionless", title: "Removed without expression (%)", kind: "measure" },
  { key: "energy_over_m", title: "Energy removed / m", kind: "measure" },
  { key: "auc", title: "AUC", kind: "measure" },
  { key: "position_auc", title: "AUC, position only", kind: "measure" },
  { key: "within_position_auc", title: "AUC within a position", kind: "measure" },
];

const words = {
  title:
    "Mask: MGN's M_p as it is (soft), cut at a threshold (hard), or its highest patches (top-k); then masks that never look at the image: random patches, those outside a centred ellipse, the corners.",
  m_percent: "m: the mask ratio, the share of the picture to be removed.",
  seed_count: "After ±: the standard deviation over seeds, n − 1 in the denominator.",
  expressionless:
    "Removed without expression: of the patches removed, those that carry no expression; of a soft mask's, those with the highest M_p. Random masks show the share among all patches.",
  energy_over_m:
    "Energy removed / m: the share of all expression energy that is removed, over m. The lower the better; random masks remove about 1.",
  auc: "AUC: how well 1 − M_p tells patches that carry expression from those that do not. 1 is perfect, 0.5 chance.",
  position_auc: "Position only: the same for the mean mask over all images.",
  within_position_auc:
    "Within a position: the same among the images' patches at one position, which leaves what a mask knows of this image. 0.5 is chance.",
};
