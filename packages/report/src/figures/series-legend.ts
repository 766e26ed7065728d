/**
 * @file A legend that shows a series as it is drawn: its line, its point shape and its name in one.
 */
import type { SeriesScales } from "./series-style.ts";
import type { Panel } from "./spec.ts";
import { ink } from "./theme.ts";

export interface SeriesEntry {
  readonly series: string;
  /** What stands behind the line; the name or more. */
  readonly text: string;
}

const lineLength = 44;
const rowHeight = 22;
const averageCharacter = 7; // px at 12 px type; a little more than Open Sans needs

/** As many columns as fit into `width` pixels, filled row by row. */
export function seriesLegend(
  entries: readonly SeriesEntry[],
  { color, strokeDash, shape }: SeriesScales,
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
