/** @file The library of @mvt/experiments; the command line is in @mvt/experiments/cli. */

export { type EngineSpec, openBackend } from "./engine/engine.ts";
export { canonicalJson, type RunConfig, runId } from "./settings/run-config.ts";
export { type Scale, type ScaleName, scaleNames, scales } from "./settings/scales.ts";
