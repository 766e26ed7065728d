/**
 * @file How well masks find the patches that carry no expression, measured on synthetic faces, where the truth
 * is known.
 */
import { groupBy } from "@mvt/common";
import {
  columnLegend,
  dataCells,
  dataColumns,
  datasetColumn,
  knownColumns,
  list,
  number,
  text,
} from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import { type ValuesBySeed, valuesBySeed } from "../statistics.ts";
import type { Cells, Column, Table } from "../table.ts";
import { checkMaskRatio, maskPercent } from "./configuration.ts";
import { masksLead } from "./masks-lead.ts";
import { bySeed, requireDistinct } from "./tested-runs.ts";

/** Where masks come from, in the order to print: MGN in three forms, then masks that ignore the image. */
const sources = {
  "mgn-soft": "MGN, soft",
  "mgn-hard": "MGN, hard",
  "mgn-top-k": "MGN, top-k",
  random: "Random",
  ellipse: "Ellipse",
  corners: "Corners",
} as const;

export type MaskSource = keyof typeof sources;

/** The metrics of one run's masks against the ground truth of the test set. Absent: not defined. */
export interface MaskMetrics {
  /**
   * The fraction of the removed patches that carries no expression. Of a soft mask, the round(m N) patches
   * with the highest M_p count as removed.
   */
  readonly expressionless?: number;
  /** The fraction of all expression energy that is removed, divided by m. */
  readonly energyOverM?: number;
  /** The area under the ROC curve of 1 - M_p against whether a patch carries expression. */
  readonly auc?: number;
  /** The same for the mean mask of all images, which depends on the position only. */
  readonly positionAuc?: number;
  /** The same within one position, across images. */
  readonly withinPositionAuc?: number;
}

export interface MasksRun extends MaskMetrics {
  /** The run's folder under runs/. */
  readonly id: string;
  readonly seed: number;
}

/** One kind of mask on one data set, with every seed it was measured with. */
export interface MasksRow {
  /** The title of a synthetic data set, as in the provenance. */
  readonly dataset: string;
  readonly source: MaskSource;
  /** The mask ratio: the fraction of the image to be removed. */
  readonly m: number;
  readonly runs: readonly MasksRun[];
}

export const masksTable = {
  id: "masks",
  title: "Masks against the ground truth",

  /**
   * The table, its rows grouped by data set, ascending in m, and in the order of `MaskSource`.
   * A metric that one of a row's runs does not have stays empty.
   * Throws a RangeError if data are not synthetic, a row comes twice or holds no run, or a metric is out of
   * its range.
   */
  build(
    rows: readonly MasksRow[],
    provenance: Provenance,
    options: { readonly title?: string } = {},
  ): Table {
    if (rows.length === 0) throw new RangeError("masksTable: expected at least one row, got none");
    const groups = [...groupBy(rows, ({ dataset }) => dataset).values()];
    const tableRows = groups.flatMap(inOrder).map((row) => ({
      dataset: row.dataset,
      cells: {
        ...dataCells("masksTable", { dataset: row.dataset, kind: "synthetic" }, provenance),
        ...settingCells(row),
        ...metricCells(row),
      },
    }));
    const columns = knownColumns(
      [datasetColumn, ...settingColumns, ...metricColumns, ...dataColumns],
      tableRows,
    );
    return {
      title: options.title ?? masksTable.title,
      lead: masksLead(rows.map((row) => ({ ...row, title: sources[row.source] }))),
      columns,
      rows: tableRows,
      legend: columnLegend(words, columns),
      notes: [],
      provenance,
    };
  },
};

function inOrder(group: readonly MasksRow[]): readonly MasksRow[] {
  const order = Object.keys(sources);
  const sorted = group.toSorted(
    (a, b) => a.m - b.m || order.indexOf(a.source) - order.indexOf(b.source),
  );
  const names = sorted.map(({ dataset, source, m, runs }) => {
    checkMaskRatio("masksTable", dataset, m, "above 0");
    const row = `${sources[source]}, m = ${m}, on ${dataset}`;
    if (runs.length > 0) return row;
    throw new RangeError(`masksTable: expected at least one run of ${row}, got none`);
  });
  requireDistinct("masksTable", names);
  return sorted;
}

function settingCells({ source, m, runs }: MasksRow): Cells {
  const ordered = bySeed(runs);
  return {
    title: text(sources[source]),
    source: text(source),
    m_percent: text(maskPercent(m)),
    m: number(m),
    seed_count: number(runs.length),
    seeds: list(ordered.map(({ seed }) => seed)),
    runs: list(ordered.map(({ id }) => id)),
  };
}

function metricCells(row: MasksRow): Cells {
  const cell = (name: keyof MaskMetrics, unit: ValuesBySeed["unit"], highest: number) => {
    const ordered = bySeed(row.runs);
    const values = ordered.flatMap((run) => run[name] ?? []);
    for (const value of values) {
      if (value >= 0 && value <= highest * (1 + rounding)) continue;
      throw new RangeError(
        `masksTable: expected ${name} of ${sources[row.source]} on ${row.dataset} to be from 0 to ${highest}, got ${value}`,
      );
    }
    return values.length < ordered.length ? undefined : valuesBySeed(values, unit);
  };
  return {
    expressionless: cell("expressionless", "percent", 1),
    energy_over_m: cell("energyOverM", "number", 1 / row.m),
    auc: cell("auc", "number", 1),
    position_auc: cell("positionAuc", "number", 1),
    within_position_auc: cell("withinPositionAuc", "number", 1),
  };
}

/** A sum of all energy may exceed one by this much. */
const rounding = 1e-6;

const settingColumns: readonly Column[] = [
  { key: "title", title: "Mask", kind: "text", only: "markdown" },
  { key: "source", title: "Mask", kind: "text", only: "csv" },
  { key: "m_percent", title: "m (%)", kind: "text", only: "markdown" },
  { key: "m", title: "m", kind: "number", only: "csv" },
  { key: "seed_count", title: "Seeds", kind: "number", only: "markdown" },
  { key: "seeds", title: "Seeds", kind: "list", only: "csv" },
];

const metricColumns: readonly Column[] = [
  { key: "expressionless", title: "Removed without expression (%)", kind: "values-by-seed" },
  { key: "energy_over_m", title: "Energy removed / m", kind: "values-by-seed" },
  { key: "auc", title: "AUC", kind: "values-by-seed" },
  { key: "position_auc", title: "AUC, position only", kind: "values-by-seed" },
  { key: "within_position_auc", title: "AUC within a position", kind: "values-by-seed" },
];

const words = {
  title:
    "Mask: MGN's M_p is used as it is (soft), cut at a threshold (hard), or reduced to its highest patches (top-k). Random, ellipse and corners ignore the image: they remove random patches, the patches outside a centred ellipse, or the corners.",
  m_percent: "m: the mask ratio, the fraction of the image to be removed.",
  seed_count: "After ±: the standard deviation over seeds (n − 1 in the denominator).",
  expressionless:
    "Removed without expression: the fraction of the removed patches that carries no expression. Of a soft mask, the patches with the highest M_p count as removed. Random masks show the fraction among all patches.",
  energy_over_m:
    "Energy removed / m: the fraction of all expression energy that is removed, divided by m. Lower is better; random masks are near 1.",
  auc: "AUC: how well 1 − M_p separates patches that carry expression from the others. 1 is perfect, 0.5 is chance.",
  position_auc: "Position only: the AUC of the mean mask over all images.",
  within_position_auc:
    "Within a position: the AUC among the patches of all images at one position. It shows what a mask knows about the individual image. 0.5 is chance.",
};
