/** @file `pnpm exp runs`: what is in the folder of runs. */
import type { Argv } from "yargs";
import { findRun, listRuns, openRun, readConfig, removeRun } from "../../runs/run-folder.ts";
import type { RunFolder } from "../../runs/run-folder.ts";
import { CommandLineError, UsageError } from "../../usage-error.ts";
import { runOptions } from "../options.ts";
import { printResult, summaryOf } from "../run-summary.ts";

const actions = ["list", "show", "remove"] as const;

export function builder(cli: Argv) {
  const { runs } = runOptions;
  return cli
    .positional("action", { choices: actions, demandOption: true })
    .positional("id", { type: "string", describe: "the beginning of a run's id" })
    .options({ runs })
    .example("$0 runs list", "all runs, one line each")
    .example("$0 runs show 3f2a", "configuration and result of one")
    .example("$0 runs remove 3f2a", "forget one, so that it is trained again");
}

export async function run({
  action,
  id,
  runs,
}: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
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
}

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
    if (!(error instanceof UsageError)) throw error;
    return `damaged result.json; \`pnpm exp runs remove ${folder.id}\` makes it be trained again`;
  }
}
