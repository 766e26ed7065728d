/** @file @mvt/experiments/main: what the entry of `pnpm exp` needs, and nothing that a command alone needs. */
export { runCli } from "./cli.ts";
export { withCompletion } from "./commands.ts";
export { outliveOutput } from "./streams.ts";
