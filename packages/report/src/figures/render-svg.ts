/**
 * @file A Vega-Lite specification drawn as SVG, without a browser.
 */
import type { Spec } from "./spec.ts";
import { theme } from "./theme.ts";

/**
 * The same specification gives the same bytes, on every machine.
 *
 * Vega is loaded here, when a figure is wanted: it takes a quarter of a second.
 */
export async function renderSvg(spec: Spec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Widths of text are estimated. Where the package `canvas` is installed Vega would measure them,
  // with whichever fonts the machine has.
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

/** What Vega exports and its type declarations leave out. */
interface Undeclared {
  readonly textMetrics: { canvas(measure: boolean): void };
}
