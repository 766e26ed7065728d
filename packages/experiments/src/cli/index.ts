/** @file @mvt/experiments/cli: runs commands, and what a command of another package shares with those here. */

export { chooseDevice, sessionsOf } from "../engine/engine.ts";
export { createCli, runCli } from "./cli.ts";
export {
  type ArgsOf,
  type Command,
  type CommandOptions,
  commonOptions,
  defineCommand,
  isShare,
  wholeFrom,
} from "./command.ts";
export { commands, withCompletion } from "./commands.ts";
export { say } from "./messages.ts";
export {
  evaluationBootstrap,
  openPredictedImages,
  type PredictedImages,
} from "./predicted-images.ts";
export { jsonOption, writeJson } from "./json-output.ts";
export { requireEngineEffect } from "./effects.ts";
export { engineOptions, layoutOptions, output, runsOption, scaleOption } from "./options.ts";
export { createProgress } from "./progress.ts";
export { outliveOutput } from "./streams.ts";
export { writeReport } from "./evaluation-report.ts";
export { reportsFolder, requireWritableReport } from "./writable.ts";
