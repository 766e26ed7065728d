/**
 * @file What tells the series of a figure apart: colour, dashes and point shape, each of them alone.
 */

/** From Okabe and Ito, "Color universal design", 2008; those with at least 3 : 1 on white, one darkened. */
const colours = ["#333333", "#0072b2", "#d55e00", "#00805f", "#a8447f"];

const dashes = [[], [7, 3], [2, 2], [9, 3, 2, 3], [14, 4], [2, 5]];

const shapes = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "triangle-down",
  "cross",
  "triangle-right",
];

/** The scales of an encoding by series name. Lists of 5, 6 and 7 repeat together after 210 series only. */
export function seriesScales(names: readonly string[]) {
  const cycle = <Value>(values: readonly Value[]) => ({
    scale: { domain: [...names], range: names.map((_, i) => values[i % values.length]!) },
    legend: null,
  });
  return {
    color: { field: "series", type: "nominal", ...cycle(colours) },
    strokeDash: { field: "series", type: "nominal", ...cycle(dashes) },
    shape: { field: "series", type: "nominal", ...cycle(shapes) },
  } as const;
}

export type SeriesScales = ReturnType<typeof seriesScales>;
