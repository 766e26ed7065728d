/** @file Fuzzing: damaged and odd inputs for every parser of files and texts that come from outside. */
export * as fc from "fast-check";
export { type Files, inFolder } from "./in-folder.ts";
export { inputOf, jsonLike, mutated, oddTexts, sentenceOf, tableLike, utf8 } from "./inputs.ts";
export { fuzzBriefly } from "./brief.ts";
export { fuzz, type FuzzOptions, type FuzzReport, repeat, type SavedFailure } from "./run.ts";
export type { FuzzModule, FuzzTarget, TargetCounts } from "./target.ts";
export { failureKinds, mostBytes, mostMilliseconds } from "./target.ts";
