/** @file Vega-Lite specifications, and how one is drawn as SVG without a browser. */
import type { TopLevelSpec } from "vega-lite";
import { escapeXml } from "./escape-xml.ts";
import { theme } from "./theme.ts";

/** One plot of several that are side by side. */
export type Panel = Extract<TopLevelSpec, { hconcat: unknown }>["hconcat"][number];

/**
 * The same specification gives the same bytes, on every machine.
 *
 * Vega is loaded here, when a figure is drawn: it takes a quarter of a second.
 */
export async function renderSvg(spec: TopLevelSpec, about: Description): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Widths of text are estimated. If the package `canvas` is installed, Vega would measure them with the
  // machine's fonts.
  (vega as unknown as Undeclared).textMetrics.canvas(false);
  const view = new vega.View(vega.parse(compile({ ...spec, config: theme }).spec), {
    renderer: "none",
  });
  try {
    return described(await view.toSVG(), about);
  } finally {
    view.finalize();
  }
}

/** What a screen reader says of a figure. */
export interface Description {
  readonly title: string;
  /** What it shows, in a sentence or two. */
  readonly text: string;
}

/** The SVG as one picture with a title and a description, by which assistive technology knows it. */
export function described(svg: string, { title, text }: Description): string {
  const words = `<title>${escapeXml(title)}</title><desc>${escapeXml(text)}</desc>`;
  return svg.replace(
    /<svg\b([^>]*)>/,
    (_, attributes: string) => `<svg${attributes} role="img">${words}`,
  );
}

/** Exported by Vega, but missing in its type declarations. */
interface Undeclared {
  readonly textMetrics: { canvas(measure: boolean): void };
}
