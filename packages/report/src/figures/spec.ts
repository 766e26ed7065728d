/**
 * @file The parts of a Vega-Lite specification that figures are put together from.
 */
import type { TopLevelSpec } from "vega-lite";

/** A whole figure. */
export type Spec = TopLevelSpec;

/** One plot of several that stand side by side. */
export type Panel = Extract<TopLevelSpec, { hconcat: unknown }>["hconcat"][number];

/** One kind of mark within a plot. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>["layer"][number];
