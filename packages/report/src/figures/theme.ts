/** @file How every figure looks: dark on a white background of its own, so that the page behind it may be dark. */
import type { Config } from "vega-lite";

/** The first is the one that PNGs are drawn with; a browser without it takes the next. CSS would need quotes for a digit. */
export const font = "Open Sans, Verdana, Helvetica, Arial, sans-serif";

/** For text and axes; a contrast of 15.9 : 1 on white. */
export const ink = "#222222";

/** For secondary text: 5.7 : 1 on white. */
export const faintInk = "#666666";

export const theme: Config = {
  background: "#ffffff",
  padding: 16,
  font,
  aria: false, // it would add thousands of attributes; the figure's text says the same
  view: { stroke: null },
  title: {
    anchor: "start",
    color: ink,
    fontSize: 16,
    subtitleColor: ink,
    subtitleFontSize: 12,
    subtitlePadding: 4,
    offset: 12,
  },
  axis: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    domainColor: ink,
    tickColor: ink,
    gridColor: "#e2e2e2",
  },
};

/** Under the title of every figure that shows synthetic data. */
export const syntheticWarning =
  "Synthetic data: faces drawn by this project. Not comparable with the paper's figure.";

/** A figure's title, the warning if data are synthetic, and further lines. */
export function figureTitle(text: string, synthetic: boolean, lines: readonly string[] = []) {
  return { text, subtitle: [...(synthetic ? [syntheticWarning] : []), ...lines] };
}
