/** @file Runs a command out of the commands of all packages. */
import { benchCommand } from "@mvt/bench";
import { outliveOutput, runCli, withCompletion } from "@mvt/experiments/main";

/** Whether results could not be written to stdout. */
let lost = false;
outliveOutput(process.stdout, process.stderr, (reason) => {
  if (!lost) process.stderr.write(`error: ${reason}\n`);
  lost = true;
  process.exitCode = 1; // also after the command has ended
});

const exitCode = await runCli(process.argv.slice(2), withCompletion([benchCommand]));
process.exitCode = lost ? exitCode || 1 : exitCode;
