/** @file The curves of several runs: a panel per measure, a line per run, by epoch. */
import { conjunction } from "../columns.ts";
import { curveLegend, curveScales } from "./curve-style.ts";
import type { CurveScales } from "./curve-style.ts";
import { figureTitle } from "./theme.ts";
import { renderSvg } from "./vega.ts";
import type { Panel } from "./vega.ts";

/** One measure of all runs. */
export interface CurvePanel {
  /** "Accuracy on test images" */
  readonly title: string;
  /** Whether values are shares of 1, which are drawn in percent. */
  readonly share?: boolean;
  /** By run, in the order of their names: a value per epoch, undefined where there is none. */
  readonly runs: readonly (readonly (number | undefined)[])[];
}

export interface RunCurves {
  readonly title: string;
  /** What each run is called, all different. */
  readonly names: readonly string[];
  /** One at least; each has a value of some run. */
  readonly panels: readonly CurvePanel[];
  /** Whether any of the runs is of data that were drawn by this project. */
  readonly synthetic: boolean;
}

const panelsPerRow = 3;

/** The figure as SVG. A run keeps its colour, dashes and point shape in all panels. */
export async function drawRunCurves({
  title,
  names,
  panels,
  synthetic,
}: RunCurves): Promise<string> {
  const scales = curveScales(names);
  const legend = curveLegend(
    names.map((curve) => ({ curve, text: curve })),
    scales,
    420 * Math.min(panelsPerRow, panels.length),
  );
  const rows = Array.from({ length: Math.ceil(panels.length / panelsPerRow) }, (_, row) => ({
    hconcat: panels
      .slice(row * panelsPerRow, (row + 1) * panelsPerRow)
      .map((panel) => curvePanel(panel, names, scales)),
    spacing: 32,
  }));
  return renderSvg(
    { title: figureTitle(title, synthetic), vconcat: [legend, ...rows] },
    {
      title,
      text: `${conjunction.format(panels.map((panel) => panel.title))} by epoch, of ${conjunction.format(names)}.`,
    },
  );
}

function curvePanel(
  { title, share = false, runs }: CurvePanel,
  names: readonly string[],
  { color, strokeDash, shape }: CurveScales,
): Panel {
  const last = Math.max(...runs.map((values) => values.length));
  const every = Math.max(1, Math.round(last / 8));
  const points = runs.flatMap((values, r) =>
    values.flatMap((value, i) => {
      if (value === undefined) return [];
      // The end has one too: of a run of one epoch it is all there is.
      const marked = (i - r) % every === 0 || i === values.length - 1;
      return [{ curve: names[r]!, epoch: i + 1, value: share ? 100 * value : value, marked }];
    }),
  );
  const x = {
    field: "epoch",
    type: "quantitative",
    title: "Epoch",
    scale: { domainMin: 1, domainMax: Math.max(2, last), nice: false },
    axis: { grid: false, tickMinStep: 1, format: "d" },
  } as const;
  const y = {
    field: "value",
    type: "quantitative",
    title: share ? `${title} (%)` : title,
    scale: { zero: false },
  } as const;
  return {
    width: 380,
    height: 280,
    data: { values: points },
    layer: [
      { mark: { type: "line", strokeWidth: 2 }, encoding: { x, y, color, strokeDash } },
      {
        data: { values: points.filter(({ marked }) => marked) },
        mark: { type: "point", filled: true, size: 60, opacity: 1 },
        encoding: { x, y, color, shape },
      },
    ],
  };
}
