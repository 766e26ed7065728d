/**
 * @file How every figure looks: dark on a white ground of its own, so that the page behind may be dark.
 */
import type { Config } from "vega-lite";

/** The family that PNGs are drawn with; a browser without it takes the next. No digit, which CSS would need quoted. */
export const font = "Open Sans, Verdana, Helvetica, Arial, sans-serif";

/** Text and axes; 15.9 : 1 on white. */
export const ink = "#222222";

/** Second to the data, but to be read: 5.7 : 1 on white. */
export const faintInk = "#666666";

export const theme: Config = {
  background: "#ffffff",
  padding: 16,
  font,
  aria: false, // thousands of attributes; what a figure says stands in its text
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

/** Stands under the title of every figure that shows synthetic data. */
export const syntheticWarning =
  "Synthetic data: faces drawn by this project. Not comparable with the paper's figure.";

/** A figure's title, the warning under it where one is due, and further lines. */
export function figureTitle(text: string, synthetic: boolean, lines: readonly string[] = []) {
  return { text, subtitle: [...(synthetic ? [syntheticWarning] : []), ...lines] };
}
