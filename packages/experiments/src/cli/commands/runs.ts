/** @file `pnpm exp runs`: what is in the folder of runs. */
import { CommandLineError, printable, UserError } from "@mvt/common";
import { readPredictions } from "../../runs/predictions.ts";
import { takeLock } from "../../runs/lock.ts";
import { findRun, listRuns, openRun, readConfig, removeRun } from "../../runs/run-folder.ts";
import type { RunFolder } from "../../runs/run-folder.ts";
import { defineCommand } from "../command.ts";
import { runsOption } from "../options.ts";
import { printResult, summaryOf } from "../run-summary.ts";

export default defineCommand({
  positionals: {
    action: { choices: ["list", "show", "verify", "remove"], demandOption: true },
    id: { type: "string", describe: "the beginning of a run's id" },
  },
  options: { runs: runsOption },
  examples: [
    ["runs list", "all runs, one line each"],
    ["runs show 3f2a", "configuration and result of one"],
    [
      "runs verify",
      "compares every file of every finished run with its checksum, and predictions with results",
    ],
    ["runs remove 3f2a", "forget one, so that it is trained again"],
  ],
  async run({ action, id, runs }) {
    if (action === "list") return list(runs);
    if (action === "verify")
      return verify(runs, id === undefined ? undefined : await findRun(runs, id));
    if (id === undefined) {
      throw new CommandLineError(
        `runs ${action}: expected the beginning of a run's id, got none. \`pnpm exp runs list\` shows all.`,
      );
    }
    const folder = await findRun(runs, id);
    if (action === "remove") {
      await removeRun(runs, folder.id, await takeLock(runs, folder.id));
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
    process.stdout.write(`${id}  ${printable(await stateOf(openRun(runsFolder, id)))}\n`);
  }
  if (ids.length === 0) process.stdout.write(`no runs in ${runsFolder}\n`);
}

/** Checks one run, or all that are finished; throws a UserError at the end if any of them is damaged. */
async function verify(runsFolder: string, one: RunFolder | undefined): Promise<void> {
  const folders = one ? [one] : (await listRuns(runsFolder)).map((id) => openRun(runsFolder, id));
  const print = (folder: RunFolder, line: string) =>
    void process.stdout.write(`${folder.id}  ${line}\n`);
  let damaged = 0;
  for (const folder of folders) {
    try {
      print(folder, await verifyRun(folder));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      damaged += 1;
      print(folder, error.message);
    }
  }
  if (damaged === 0) return;
  throw new UserError(
    `runs verify: expected whole runs, found ${damaged} of ${folders.length} damaged`,
    {
      advice: "`pnpm exp runs remove ID` removes one, so that it is trained again.",
    },
  );
}

/** What holds of a whole run. Throws a UserError if a file differs, or if the result is not that of the predictions. */
async function verifyRun(folder: RunFolder): Promise<string> {
  const result = await folder.result();
  if (result === undefined) return "not finished";
  const config = await readConfig(folder);
  const files = await folder.verify();
  if (files === undefined) return "no checksums: an earlier version finished it";
  if (result.id !== folder.id || result.kind !== config.kind) {
    throw new UserError(
      `${folder.path("result.json")}: expected the result of run ${folder.id}, found that of ${result.id}`,
    );
  }
  if (result.kind === "mgn") return `whole: ${files} files`;
  const { labels, predicted } = await readPredictions(folder);
  const k = predicted.filter((label, i) => label === labels[i]).length;
  const { k: stored, n } = result.validation;
  if (k === stored && predicted.length === n)
    return `whole: ${files} files, ${k} of ${n} as predicted`;
  throw new UserError(
    `${folder.path("predictions.csv")}: expected ${stored} of ${n} right predictions, as result.json says, found ${k} of ${predicted.length}`,
  );
}

async function stateOf(folder: RunFolder): Promise<string> {
  try {
    const result = await folder.result();
    return result ? `${result.title}: ${summaryOf(result)}` : "not finished";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `damaged: \`pnpm exp runs verify ${folder.id}\` says which file, \`pnpm exp runs remove ${folder.id}\` removes it, so that it is trained again`;
  }
}
