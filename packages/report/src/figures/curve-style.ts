/**
 * @file How the curves of a figure differ, in colour, dashes and point shape, each of which suffices alone; and
 * the legend that shows each curve as it is drawn.
 */
import { ink } from "./theme.ts";
import type { Panel } from "./vega.ts";

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

/** The scales of an encoding by curve name. Lists of 5, 6 and 7 repeat together only after 210 curves. */
export function curveScales(names: readonly string[]) {
  const cycle = <Value>(values: readonly Value[]) => ({
    scale: { domain: [...names], range: names.map((_, i) => values[i % values.length]!) },
    legend: null,
  });
  return {
    color: { field: "curve", type: "nominal", ...cycle(colours) },
    strokeDash: { field: "curve", type: "nominal", ...cycle(dashes) },
    shape: { field: "curve", type: "nominal", ...cycle(shapes) },
  } as const;
}

export type CurveScales = ReturnType<typeof curveScales>;

export interface LegendEntry {
  readonly curve: string;
  /** The text after the line: the name or more. */
  readonly text: string;
}

const lineLength = 44;
const rowHeight = 22;
const averageCharacter = 7; // px at 12 px type; a little more than Open Sans needs

/** As many columns as fit into `width` pixels, filled row by row. */
export function curveLegend(
  entries: readonly LegendEntry[],
  { color, strokeDash, shape }: CurveScales,
  width: number,
): Panel {
  const longest = Math.max(...entries.map(({ text }) => text.length));
  const slot = lineLength + 32 + averageCharacter * longest;
  const columns = Math.max(1, Math.floor(width / slot));
  const height = rowHeight * Math.ceil(entries.length / columns);
  const values = entries.map((entry, i) => {
    const left = slot * (i % columns);
    const row = rowHeight * (Math.floor(i / columns) + 0.5);
    return { ...entry, left, right: left + lineLength, middle: left + lineLength / 2, row };
  });
  const across = (field: "left" | "middle" | "right") =>
    ({
      field,
      type: "quantitative",
      scale: { domainMin: 0, domainMax: width, nice: false },
      axis: null,
    }) as const;
  const down = {
    field: "row",
    type: "quantitative",
    scale: { domainMin: 0, domainMax: height, nice: false, reverse: true },
    axis: null,
  } as const;
  return {
    width,
    height,
    data: { values },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x: across("left"), x2: { field: "right" }, y: down, color, strokeDash },
      },
      {
        mark: { type: "point", filled: true, size: 60, opacity: 1 },
        encoding: { x: across("middle"), y: down, color, shape },
      },
      {
        mark: { type: "text", align: "left", baseline: "middle", dx: 8, fontSize: 12, color: ink },
        encoding: { x: across("right"), y: down, text: { field: "text" } },
      },
    ],
  };
}
