/** @file Figure 5: the relabelling threshold functions, and how training converges with each. */
import { conjunction } from "../columns.ts";
import { curveLegend, curveScales } from "./curve-style.ts";
import { convergencePanel, type Convergence } from "./figure5-convergence.ts";
import { thresholdPanel, type ThresholdCurve } from "./figure5-thresholds.ts";
import { figureTitle } from "./theme.ts";
import { renderSvg } from "./vega.ts";

export interface Figure5 {
  /** δ of Eq. 6. */
  readonly delta: number;
  readonly functions: readonly ThresholdCurve[];
  /** One panel per data set. */
  readonly convergence: readonly Convergence[];
  /** Whether any of the data were drawn by this project. */
  readonly synthetic: boolean;
}

export const figure5 = {
  id: "figure5",
  title: "Figure 5: relabelling threshold functions",

  /**
   * The figure as SVG. A function keeps its colour, dashes and point shape in all panels.
   * Throws a RangeError if there is no function, or the seeds of a curve do not match.
   */
  async draw({ delta, functions, convergence, synthetic }: Figure5): Promise<string> {
    if (functions.length === 0 || functions.some(({ points }) => points.length === 0)) {
      throw new RangeError("figure5: expected at least one function, each with points");
    }
    const cutOffs = new Map(functions.map(({ name, cutOff }) => [name, cutOff]));
    const curves = convergence.flatMap((panel) => panel.curves.map(({ name }) => name));
    const names = [...new Set([...cutOffs.keys(), ...curves])];
    const scales = curveScales(names);
    const entries = names.map((curve) => ({ curve, text: legendText(curve, cutOffs.get(curve)) }));
    return renderSvg(
      {
        title: figureTitle(figure5.title, synthetic),
        vconcat: [
          curveLegend(entries, scales, 420 * (1 + convergence.length)),
          {
            hconcat: [
              thresholdPanel(functions, delta, scales),
              ...convergence.map((panel) => convergencePanel(panel, scales)),
            ],
            spacing: 32,
          },
        ],
      },
      {
        title: figure5.title,
        text: `The thresholds of ${conjunction.format(names)}; accuracy by epoch on ${conjunction.format(convergence.map(({ dataset }) => dataset))}.`,
      },
    );
  },
};

/** "sigmoid, to P_gt = 0.326". */
function legendText(name: string, cutOff: number | undefined): string {
  if (cutOff === undefined) return name;
  return cutOff > 0 ? `${name}, to P_gt = ${cutOff.toFixed(3)}` : `${name}, never relabels`;
}
