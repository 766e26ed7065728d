/** @file A figure as files: SVG, and PNG where it is asked for. */
import { svgToPng } from "@mvt/report";
import type { Report } from "./report-definition.ts";

/** Pixels: wide enough for two panels on a screen of high density. */
const pngWidth = 1600;

export async function figureReport(id: string, svg: string, png: boolean): Promise<Report> {
  const files = { [`${id}.svg`]: svg };
  const pixels = png ? { [`${id}.png`]: await svgToPng(svg, { width: pngWidth }) } : {};
  return { files: { ...files, ...pixels }, text: "" };
}
