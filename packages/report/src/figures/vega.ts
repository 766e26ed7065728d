/** @file Vega-Lite specifications, and how one is drawn as SVG without a browser. */
import type { TopLevelSpec } from "vega-lite";
import { theme } from "./theme.ts";

/** One plot of several that are side by side. */
export type Panel = Extract<TopLevelSpec, { hconcat: unknown }>["hconcat"][number];

/**
 * The same specification gives the same bytes, on every machine.
 *
 * Vega is loaded here, when a figure is drawn: it takes a quarter of a second.
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Widths of text are estimated. If the package `canvas` is installed, Vega would measure them with the
  // machine's fonts.
  (vega as unknown as Undeclared).textMetrics.canvas(false);
  const view = new vega.View(vega.parse(compile({ ...spec, config: theme }).spec), {
    renderer: "none",
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Exported by Vega, but missing in its type declarations. */
interface Undeclared {
  readonly textMetrics: { canvas(measure: boolean): void };
}
