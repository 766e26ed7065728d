/** @file The public API of @mvt/experiments. Nothing else in this package can be imported. */

export { runCli } from "./cli/cli.ts";
export { canonicalJson, type RunConfig, runId } from "./settings/run-config.ts";
export { type Scale, type ScaleName, scaleNames, scales } from "./settings/scales.ts";
export { UsageError } from "./usage-error.ts";
