/**
 * @file Accuracy as clutter and occlusion grow, by kind of mask.
 */
import type { Provenance } from "../provenance.ts";
import type { Cells, Column, Table } from "../table.ts";
import type { Selection, TestedRow, TestedRun } from "../tested-run.ts";
import { accuracyCells } from "./accuracy-cells.ts";
import { accuracyTable } from "./accuracy-table.ts";
import { maskPercent } from "./mask-ratio.ts";

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

/** One kind of mask in one setting, with every seed it was run with. */
export interface ClutterRow extends TestedRow {
  readonly mask: ClutterMask;
}

/**
 * The table, its rows grouped by setting, which stands for the data set. m is the share removed.
 * Throws a RangeError where a row contradicts the provenance, comes twice or holds no run, and where a
 * setting has no row without masks.
 */
export function clutterTable(
  rows: readonly ClutterRow[],
  provenance: Provenance,
  { m, select }: { readonly m: number; readonly select: Selection },
): Table {
  const order = Object.keys(masks);
  const groups = [...Map.groupBy(rows, ({ dataset }) => dataset).values()];
  const entries = groups.flatMap((group) => {
    const baseline = group.find(({ mask }) => mask === "none");
    if (baseline === undefined) {
      throw new RangeError(
        `clutterTable: expected a row without masks of ${group[0]!.dataset}, got none`,
      );
    }
    return group
      .toSorted((a, b) => order.indexOf(a.mask) - order.indexOf(b.mask))
      .map(({ dataset, kind, mask, runs }, i, sorted) => {
        if (sorted[i - 1]?.mask === mask) {
          throw new RangeError(
            `clutterTable: expected one row of ${mask} masks on ${dataset}, got two`,
          );
        }
        const name = mask.startsWith("none") ? masks[mask].toLowerCase() : `${masks[mask]} masks`;
        const about = { table: "clutterTable", row: `${name} on ${dataset}` };
        return {
          dataset,
          kind,
          runs,
          name,
          cells: {
            title: { kind: "text", text: masks[mask] },
            mask: { kind: "text", text: mask },
            ...(mask === "none" ? {} : gainCells(about, runs, baseline.runs, select)),
          } as const satisfies Cells,
        };
      });
  });
  const title = `Accuracy as clutter and occlusion grow, with ${maskPercent(m)} % of the picture removed`;
  return accuracyTable(
    { id: "clutterTable", title, settings, outcomes, words, entries },
    provenance,
    { select },
  );
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
  const percent = (value: number) => (100 * value).toFixed(1);
  const beyond = Math.abs(gain) > 2 * error ? " (beyond 2 SE)" : "";
  return {
    gain_text: {
      kind: "text",
      text: `${gain < 0 ? "−" : "+"}${percent(Math.abs(gain))}, SE ${percent(error)}${beyond}`,
    },
    gain: { kind: "number", value: gain },
    gain_standard_error: { kind: "number", value: error },
  };
}

const settings: readonly Column[] = [
  { key: "title", title: "Mask", kind: "text", only: "markdown" },
  { key: "mask", title: "Mask", kind: "text", only: "csv" },
];

const outcomes: readonly Column[] = [
  { key: "gain_text", title: "Over no masks (points)", kind: "text", only: "markdown" },
  { key: "gain", title: "Gain", kind: "number", only: "csv" },
  { key: "gain_standard_error", title: "Gain, standard error", kind: "number", only: "csv" },
];

const words = {
  title:
    "Mask: MGN's, soft, from the classifier without masks of the same seed; then masks that never look at the picture: random patches, those outside a centred ellipse, the corners; and the truth: the patches that carry least of the expression. Twice the epochs: without masks, since MGN has had training of its own.",
  gain_text:
    "Over no masks: the difference of the means, with its standard error √(SE₁² + SE₂²), as below.",
};
