/**
 * @file How time and peak memory grow: a column per quantity, both axes logarithmic.
 */
import { type Growth, peaksOf, type PowerLaw, powerLaw, timesOf } from "../speed/growth.ts";
import { renderSvg } from "./render-svg.ts";
import type { Panel } from "./spec.ts";
import { faintInk, figureTitle } from "./theme.ts";

/** The figure as SVG. Throws a RangeError where nothing grows. */
export async function growthFigure(title: string, growths: readonly Growth[]): Promise<string> {
  if (growths.length === 0 || growths.some(({ points }) => points.length === 0)) {
    throw new RangeError("growthFigure: expected at least one growth, each with points");
  }
  const columns = growths.map((growth) => ({
    vconcat: [
      panel(growth, timesOf(growth), { title: "Seconds", color: "#0072b2" }),
      panel(
        growth,
        peaksOf(growth).map(([x, bytes]) => [x, bytes / 2 ** 20] as const),
        { title: "Peak memory (MiB)", color: "#d55e00" },
      ),
    ],
    spacing: 24,
  }));
  return renderSvg({
    title: figureTitle(`Growth: ${title}`, false, [
      "Dashed: the power law of least squares, where there are three points or more.",
    ]),
    hconcat: columns,
    spacing: 32,
  });
}

function panel(
  { quantity, what }: Growth,
  values: readonly (readonly [number, number])[],
  { title, color }: { readonly title: string; readonly color: string },
): Panel {
  const law = powerLaw(values);
  const xs = values.map(([at]) => at);
  const logarithmic = { type: "log", nice: false, padding: 12 } as const;
  const x = {
    field: "x",
    type: "quantitative",
    title: quantity,
    scale: logarithmic,
    axis: { values: xs, format: "~s", grid: false, labelOverlap: true },
  } as const;
  const ys = values.map(([, value]) => value);
  const y = {
    field: "y",
    type: "quantitative",
    title,
    // Wide enough that noise does not look like growth.
    scale: { ...logarithmic, domainMin: Math.min(...ys) / 1.5, domainMax: Math.max(...ys) * 1.5 },
    axis: { format: "~r", tickCount: 5 },
  } as const;
  const points = values.map(([at, value]) => ({ x: at, y: value }));
  const fitted = law ? xs.map((at) => ({ x: at, y: law.factor * at ** law.exponent })) : [];
  return {
    title: { text: what, subtitle: formula(law), fontSize: 13 },
    width: 230,
    height: 200,
    layer: [
      {
        data: { values: points },
        mark: { type: "line", strokeWidth: 2, color, point: { size: 50, color, opacity: 1 } },
        encoding: { x, y },
      },
      {
        data: { values: fitted },
        mark: { type: "line", strokeWidth: 1, strokeDash: [4, 3], color: faintInk },
        encoding: { x, y },
      },
    ],
  };
}

/** A subtitle always, so that panels side by side are of one height. */
function formula(law: PowerLaw | undefined): string {
  return law ? `∝ x^${law.exponent.toFixed(2)}` : "too few points for a fit";
}
