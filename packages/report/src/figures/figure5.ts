/**
 * @file Figure 5: the relabelling threshold functions, and how training converges with each.
 */
import { convergencePanel, type Convergence } from "./convergence-panel.ts";
import { renderSvg } from "./render-svg.ts";
import { seriesLegend } from "./series-legend.ts";
import { seriesScales } from "./series-style.ts";
import { thresholdPanel, type ThresholdCurve } from "./threshold-panel.ts";
import { figureTitle } from "./theme.ts";

export interface Figure5 {
  /** δ of Eq. 6. */
  readonly delta: number;
  readonly functions: readonly ThresholdCurve[];
  /** One panel per data set. */
  readonly convergence: readonly Convergence[];
  /** Any of the data are drawn by this project. */
  readonly synthetic: boolean;
}

/**
 * The figure as SVG. A function keeps its colour, dashes and point shape in all panels.
 * Throws a RangeError where there is no function, or the seeds of a curve do not match.
 */
export async function figure5({
  delta,
  functions,
  convergence,
  synthetic,
}: Figure5): Promise<string> {
  if (functions.length === 0 || functions.some(({ points }) => points.length === 0)) {
    throw new RangeError("figure5: expected at least one function, each with points");
  }
  const cutOffs = new Map(functions.map(({ name, cutOff }) => [name, cutOff]));
  const curves = convergence.flatMap((panel) => panel.curves.map(({ name }) => name));
  const names = [...new Set([...cutOffs.keys(), ...curves])];
  const scales = seriesScales(names);
  const entries = names.map((series) => ({ series, text: named(series, cutOffs.get(series)) }));
  return renderSvg({
    title: figureTitle("Figure 5: relabelling threshold functions", synthetic),
    vconcat: [
      seriesLegend(entries, scales, 420 * (1 + convergence.length)),
      {
        hconcat: [
          thresholdPanel(functions, delta, scales),
          ...convergence.map((panel) => convergencePanel(panel, scales)),
        ],
        spacing: 32,
      },
    ],
  });
}

/** "sigmoid, to P_gt = 0.326". */
function named(series: string, cutOff: number | undefined): string {
  if (cutOff === undefined) return series;
  return cutOff > 0 ? `${series}, to P_gt = ${cutOff.toFixed(3)}` : `${series}, never relabels`;
}
