/** @file @mvt/experiments/cli: runs commands, and what a command of another package shares with those here. */

export { type Command, commands, runCli } from "./cli.ts";
export { chooseDevice } from "./device.ts";
export { backendOf, engineOptions, requirePositive, sessionsOf } from "./options.ts";
export { createProgress } from "./progress.ts";
export { requireWritableReport } from "./writable.ts";
