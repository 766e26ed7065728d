/** @file `pnpm exp runs import`: finished runs of other machines join the folder of runs. */
import { resolve } from "node:path";
import { CommandLineError, printable, UserError } from "@mvt/common";
import { findForeignRuns } from "../runs/foreign-runs.ts";
import { importRuns, importStates, runsImportJson } from "../runs/import-runs.ts";
import type { ImportedRun, ImportState } from "../runs/import-runs.ts";
import { writeJson } from "./json-output.ts";
import { countedRuns } from "./progress.ts";
import { formatCount } from "./run-summary.ts";
import { requireWritable } from "./writable.ts";

interface ImportOptions {
  readonly runs: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** States after which the exit code is 1. */
const wrong: readonly ImportState[] = ["refused", "damaged"];

/** Imports what the folders hold; throws a UserError at the end if a run of them is damaged or refused. */
export async function importFrom(
  folders: readonly string[],
  { runs, dryRun, json }: ImportOptions,
): Promise<void> {
  if (folders.length === 0) {
    throw new CommandLineError(
      "runs import: expected folders of runs of other machines, got none. Name at least one.",
    );
  }
  const runsFolder = dryRun ? resolve(runs) : await requireWritable("runs", runs);
  const found = await findForeignRuns(folders, runsFolder);
  const print = (line: string) => void process.stdout.write(`${printable(line)}\n`);
  const facts = await importRuns(found, { runsFolder, dryRun }, (run) => {
    if (json) return;
    print(`${run.id}  ${outcomeOf(run, dryRun)}`);
    for (const note of run.notes) print(`${run.id}  note: ${note}`);
  });
  if (json) writeJson(runsImportJson, facts);
  else print(summaryOf(facts.runs, dryRun));
  const failed = facts.runs.filter(({ state }) => wrong.includes(state)).length;
  if (failed === 0) return;
  throw new UserError(
    `runs import: expected whole runs that are not here with other files, found ${failed} of ${facts.runs.length} that are damaged or refused`,
    { advice: json ? "The facts say why." : "The lines above say why." },
  );
}

/** "imported: RAF-DB, linear, seed 0: 392 of 500 right, 9 files, trained on ..." */
function outcomeOf(run: ImportedRun, dryRun: boolean): string {
  const { state, title, test, files, origin, problem } = run;
  switch (state) {
    case "imported": {
      const counted = test ? `${formatCount(test)}, ` : "";
      return `${dryRun ? "would be imported" : "imported"}: ${title}: ${counted}${files} files, ${origin}`;
    }
    case "present":
      return `here already: ${title}`;
    case "unfinished":
      return "left out: not finished";
    case "unverified":
      return "left out: an earlier version finished it, without checksums";
    case "refused":
      return `refused: ${problem}`;
    case "damaged":
      return `damaged: ${problem}`;
  }
}

/** What the summary calls runs of a state. */
const counted: Readonly<Record<ImportState, string>> = {
  imported: "imported",
  present: "here already",
  unfinished: "not finished",
  unverified: "without checksums",
  refused: "refused",
  damaged: "damaged",
};

/** "12 runs: 9 imported, 2 here already, 1 not finished" */
function summaryOf(runs: readonly { readonly state: ImportState }[], dryRun: boolean): string {
  const parts = (Object.keys(importStates) as ImportState[]).flatMap((state) => {
    const n = runs.filter((run) => run.state === state).length;
    const would = dryRun && state === "imported" ? "would be " : "";
    return n === 0 ? [] : [`${n} ${would}${counted[state]}`];
  });
  return `${countedRuns(runs.length)}: ${parts.join(", ")}`;
}
