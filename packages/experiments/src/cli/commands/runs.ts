/** @file `pnpm exp runs`: what is in the folder of runs. */
import { CommandLineError, UserError } from "@mvt/common";
import { findRun, listRuns, openRun, readConfig, removeRun } from "../../runs/run-folder.ts";
import type { RunFolder } from "../../runs/run-folder.ts";
import { defineCommand } from "../command.ts";
import { runsOption } from "../options.ts";
import { printResult, summaryOf } from "../run-summary.ts";

export default defineCommand({
  positionals: {
    action: { choices: ["list", "show", "remove"], demandOption: true },
    id: { type: "string", describe: "the beginning of a run's id" },
  },
  options: { runs: runsOption },
  examples: [
    ["runs list", "all runs, one line each"],
    ["runs show 3f2a", "configuration and result of one"],
    ["runs remove 3f2a", "forget one, so that it is trained again"],
  ],
  async run({ action, id, runs }) {
    if (action === "list") return list(runs);
    if (id === undefined) {
      throw new CommandLineError(
        `runs ${action}: expected the beginning of a run's id, got none. \`pnpm exp runs list\` shows all.`,
      );
    }
    const folder = await findRun(runs, id);
    if (action === "remove") {
      await removeRun(runs, folder.id);
      process.stdout.write(`removed run ${folder.id}\n`);
      return;
    }
    process.stdout.write(`${JSON.stringify(await readConfig(folder), null, 2)}\n`);
    const result = await folder.result();
    if (result) printResult(result, folder.path("result.json"));
    else process.stdout.write("not finished\n");
  },
});

async function list(runsFolder: string): Promise<void> {
  const ids = await listRuns(runsFolder);
  for (const id of ids) {
    process.stdout.write(`${id}  ${await stateOf(openRun(runsFolder, id))}\n`);
  }
  if (ids.length === 0) process.stdout.write(`no runs in ${runsFolder}\n`);
}

async function stateOf(folder: RunFolder): Promise<string> {
  try {
    const result = await folder.result();
    return result ? `${result.title}: ${summaryOf(result)}` : "not finished";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `damaged result.json; \`pnpm exp runs remove ${folder.id}\` removes it, so that it is trained again`;
  }
}
