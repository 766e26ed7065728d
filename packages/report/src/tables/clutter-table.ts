/** @file Accuracy as clutter and occlusion grow, by kind of mask. */
import { groupBy, percent } from "@mvt/common";
import { text } from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import { accuracyTable } from "./accuracy-table.ts";
import { maskPercent } from "./configuration.ts";
import {
  accuracyCells,
  requireDistinct,
  type Selection,
  type TestedRow,
  type TestedRun,
} from "./tested-runs.ts";

/** In the order to print. */
const masks = {
  none: "None",
  "none-longer": "None, twice the epochs",
  mgn: "MGN",
  random: "Random",
  ellipse: "Ellipse",
  corners: "Corners",
  truth: "Truth",
} as const;

export type ClutterMask = keyof typeof masks;

/** One kind of mask in one setting, with every seed it was run with. The setting stands for the data set. */
export interface ClutterRow extends TestedRow {
  readonly mask: ClutterMask;
}

export const clutterTable = {
  id: "clutter",
  title: "Accuracy as clutter and occlusion grow",

  /**
   * The table, its rows grouped by setting. `m` is the fraction of each image that is removed.
   * Throws a RangeError if a row contradicts the provenance, comes twice or holds no run, and if a setting
   * has no row without masks.
   */
  build(
    rows: readonly ClutterRow[],
    provenance: Provenance,
    { m, select }: { readonly m: number; readonly select: Selection },
  ): Table {
    const groups = [...groupBy(rows, ({ dataset }) => dataset).values()];
    const entries = groups.flatMap((group) => {
      const { runs: baseline } = baselineOf(group);
      return inOrder(group).map(({ dataset, kind, mask, runs }) => {
        const name = nameOf(mask);
        const about = { table: "clutterTable", row: `${name} on ${dataset}` };
        return {
          dataset,
          kind,
          runs,
          name,
          reference: mask === "none" ? name : undefined,
          cells: {
            title: text(masks[mask]),
            mask: text(mask),
            ...(mask === "none" ? {} : gainCells(about, runs, baseline, select)),
          },
        };
      });
    });
    const title = `${clutterTable.title}, with ${maskPercent(m)} % of each image removed`;
    return accuracyTable(
      { id: "clutterTable", title, settings, outcomes, words, entries },
      provenance,
      { select },
    );
  },
};

/** In notes and errors. */
function nameOf(mask: ClutterMask): string {
  if (mask === "none") return "no masks";
  return mask === "none-longer" ? "no masks for twice the epochs" : `${masks[mask]} masks`;
}

function baselineOf(group: readonly ClutterRow[]): ClutterRow {
  const baseline = group.find(({ mask }) => mask === "none");
  if (baseline !== undefined) return baseline;
  throw new RangeError(
    `clutterTable: expected a row without masks of ${group[0]!.dataset}, got none`,
  );
}

function inOrder(group: readonly ClutterRow[]): readonly ClutterRow[] {
  const order = Object.keys(masks);
  requireDistinct(
    "clutterTable",
    group.map(({ mask, dataset }) => `${nameOf(mask)} on ${dataset}`),
  );
  return group.toSorted((a, b) => order.indexOf(a.mask) - order.indexOf(b.mask));
}

/** How much higher than without masks, and the standard error of that difference. */
function gainCells(
  about: { readonly table: string; readonly row: string },
  runs: readonly TestedRun[],
  baseline: readonly TestedRun[],
  select: Selection,
): Cells {
  const over = (of: readonly TestedRun[]) => accuracyCells(about, of, select).selected;
  const [masked, without] = [over(runs), over(baseline)];
  const gain = masked.mean - without.mean;
  const error = Math.hypot(masked.standardError, without.standardError);
  const sign = gain < 0 ? "−" : "+";
  const beyond = Math.abs(gain) > 2 * error ? " (beyond 2 SE)" : "";
  return {
    gain_text: text(`${sign}${percent(Math.abs(gain))}, SE ${percent(error)}${beyond}`),
    gain: { kind: "points", value: gain },
    gain_standard_error: { kind: "points", value: error },
  };
}

const settings: readonly Column[] = [
  { key: "title", title: "Mask", kind: "text", only: "markdown" },
  { key: "mask", title: "Mask", kind: "text", only: "csv" },
];

const outcomes: readonly Column[] = [
  { key: "gain_text", title: "Gain over no masks (points)", kind: "text", only: "markdown" },
  { key: "gain", title: "Gain", kind: "points", only: "csv" },
  { key: "gain_standard_error", title: "Gain, standard error", kind: "points", only: "csv" },
];

const words = {
  title:
    "Mask: MGN uses soft masks from a generator that was trained with the unmasked classifier of the same seed. Random, ellipse and corners ignore the image: they remove random patches, the patches outside a centred ellipse, or the corners. Truth removes the patches that carry the least of the expression. Twice the epochs is without masks; it is there because MGN is trained in addition to the classifier.",
  gain_text:
    "Gain over no masks: the difference of the means with its standard error √(SE₁² + SE₂²), as explained above.",
};
