/** @file How time and peak memory scale: one column of plots per quantity, both axes logarithmic. */
import { conjunction } from "../columns.ts";
import { faintInk, figureTitle } from "../figures/theme.ts";
import { type Panel, renderSvg } from "../figures/vega.ts";
import { peaksOf, type PowerLaw, powerLaw, type Scaling, timesOf } from "./scaling.ts";

/** The figure as SVG. Throws a RangeError if there is no measurement. */
export async function scalingFigure(title: string, scalings: readonly Scaling[]): Promise<string> {
  if (scalings.length === 0 || scalings.some(({ points }) => points.length === 0)) {
    throw new RangeError("scalingFigure: expected at least one measurement, each with points");
  }
  const columns = scalings.map((scaling) => ({
    vconcat: [
      panel(scaling, timesOf(scaling), { title: "Seconds", color: "#0072b2" }),
      panel(
        scaling,
        peaksOf(scaling).map(([x, bytes]) => [x, bytes / 2 ** 20] as const),
        { title: "Peak memory (MiB)", color: "#d55e00" },
      ),
    ],
    spacing: 24,
  }));
  return renderSvg(
    {
      title: figureTitle(`Scaling: ${title}`, false, [
        "Dashed: the power law fitted by least squares to three points or more.",
      ]),
      hconcat: columns,
      spacing: 32,
    },
    {
      title: `Scaling: ${title}`,
      text: `Seconds and peak memory by ${conjunction.format(scalings.map(({ quantity }) => quantity))}.`,
    },
  );
}

function panel(
  { quantity, what }: Scaling,
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
    // Wide enough that noise does not look like a trend.
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

/** There always is a subtitle, so that panels side by side have the same height. */
function formula(law: PowerLaw | undefined): string {
  return law ? `∝ x^${law.exponent.toFixed(2)}` : "too few points for a fit";
}
