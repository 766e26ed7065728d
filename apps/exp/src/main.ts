/** @file The entry of `pnpm exp`: the commands of all packages. */
import { benchCommand } from "@mvt/bench";
import { commands, runCli } from "@mvt/experiments/cli";

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), [...commands, benchCommand]);
