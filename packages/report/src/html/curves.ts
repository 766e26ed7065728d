/** @file Curves over epochs: one drawing each, whose values a pointer, the keyboard and a table give. */
import type { Element } from "hast";
import { h, s } from "hastscript";
import { scale } from "vega";
import { details, grid, number, type GridCell } from "./elements.ts";

/** How values are written. */
export const curveUnits = {
  /** Fractions of one, shown in percent. */
  percent: (value: number) => (100 * value).toFixed(1),
  /** Four significant digits. */
  number: (value: number) => String(Number(value.toPrecision(4))),
  count: (value: number) => String(value),
} as const;

export type CurveUnit = keyof typeof curveUnits;

export interface Curve {
  readonly name: string;
  /** One per epoch, from the first; undefined where it was not measured. */
  readonly values: readonly (number | undefined)[];
}

export interface Plot {
  /** What the curves measure, with its unit: "Accuracy (%)". */
  readonly title: string;
  readonly unit: CurveUnit;
  /** Up to four, of equally many epochs. */
  readonly curves: readonly Curve[];
}

/** Units of the drawing, which is about as many pixels wide. */
const [width, height] = [360, 190];
const margin = { left: 48, right: 8, top: 8, bottom: 24 };
const bottom = height - margin.bottom;

/** Curves as dashes and colours tell them apart. */
const styles = 4;

/** From here on only the last epoch has a dot. */
const mostDots = 12;

/** Side by side, as many as fit. */
export function plots(all: readonly Plot[]): Element {
  return h("div.plots", all.map(plotOf));
}

/** Throws a RangeError unless there are one to four curves of equally many epochs, each measured once at least. */
function plotOf({ title, unit, curves }: Plot): Element {
  const epochs = curves[0]?.values.length ?? 0;
  const lengths = curves.map(({ values }) => values.length);
  const measured = curves.every(({ values }) => values.some((value) => value !== undefined));
  if (epochs === 0 || curves.length > styles || lengths.some((n) => n !== epochs) || !measured) {
    throw new RangeError(
      `curves: expected 1 to ${styles} curves of ${title}, each measured, with equally many epochs, got ${curves.map(({ name, values }) => `${name} with ${values.length}`).join(", ") || "none"}`,
    );
  }
  const format = curveUnits[unit];
  const shown = (value: number | undefined): GridCell | undefined =>
    value === undefined ? undefined : number(value, format(value));
  const last = (values: Curve["values"]) => {
    const value = values.at(-1);
    return value === undefined ? "–" : format(value);
  };
  const key = h("ul.legend", [
    h("li.where", `Epoch ${epochs}`),
    ...curves.map(({ name, values }, i) => h("li", [swatch(i), `${name} `, h("b", last(values))])),
  ]);
  const values = grid({
    caption: `${title} after each epoch`,
    captionHidden: true,
    columns: ["Epoch", ...curves.map(({ name }) => name)].map((name) => ({
      title: name,
      numeric: true,
    })),
    rows: Array.from({ length: epochs }, (_, i) => [
      number(i + 1),
      ...curves.map((curve) => shown(curve.values[i])),
    ]),
  });
  return h("div.plot", [
    h("h3", title),
    key,
    h("div", [drawing(title, curves, epochs, unit === "percent" ? 100 : 1)]),
    details("Values", [values]),
  ]);
}

/** `factor`: of the axis, whose numbers are percents where values are fractions. */
function drawing(title: string, curves: readonly Curve[], epochs: number, factor: number): Element {
  const all = curves.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const [low, high] = [factor * Math.min(...all), factor * Math.max(...all)];
  const room = low === high ? Math.abs(low) / 10 || 1 : 0;
  const y = linear([low - room, high + room], [bottom, margin.top]).nice(4);
  const x = linear([1, Math.max(2, epochs)], [margin.left, width - margin.right]);
  const label = y.tickFormat(4);
  const lines = y
    .ticks(4)
    .flatMap((tick) => [
      s("line.rule", { x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
      s("text", { x: margin.left - 6, y: y(tick) + 4, textAnchor: "end" }, label(tick)),
    ]);
  const epochLabels = x
    .ticks(6)
    .filter((tick) => Number.isInteger(tick) && tick <= epochs)
    .map((tick) => s("text", { x: x(tick), y: bottom + 17, textAnchor: "middle" }, String(tick)));
  const drawn = curves.flatMap(({ values }, i) => {
    const points = values.flatMap((value, epoch) =>
      value === undefined ? [] : [[round(x(epoch + 1)), round(y(factor * value))] as const],
    );
    const dots = epochs <= mostDots ? points : points.slice(-1);
    return [
      s(`path.curve-${i}`, { d: `M${points.map((point) => point.join(" ")).join("L")}` }),
      ...dots.map(([cx, cy]) => s(`circle.curve-${i}`, { cx, cy, r: 2.5 })),
    ];
  });
  const at = x(epochs);
  return s(
    "svg.curves",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      ariaLabel: `${title} by epoch`,
      dataLeft: margin.left,
      dataRight: at,
      dataWidth: width,
    },
    [
      ...lines,
      ...epochLabels,
      s("line.cursor", { x1: at, x2: at, y1: margin.top, y2: bottom, visibility: "hidden" }),
      ...drawn,
    ],
  );
}

function swatch(i: number): Element {
  return s("svg", { viewBox: "0 0 36 12", ariaHidden: "true" }, [
    s(`line.curve-${i}`, { x1: 0, x2: 36, y1: 6, y2: 6 }),
  ]);
}

/** D3's linear scale, as far as it is used here; Vega declares no type for it. */
interface Linear {
  (value: number): number;
  domain(of: readonly number[]): Linear;
  range(of: readonly number[]): Linear;
  nice(count: number): Linear;
  ticks(count: number): number[];
  tickFormat(count: number): (value: number) => string;
}

function linear(domain: readonly number[], range: readonly number[]): Linear {
  const create = scale("linear") as () => Linear;
  return create().domain(domain).range(range);
}

const round = (value: number) => Number(value.toFixed(1));
