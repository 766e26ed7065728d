/** @file Runs that a command line names by the beginnings of their ids, with all that their epochs measured. */
import { CommandLineError, UserError } from "@mvt/common";
import { readCurves } from "../runs/measures.ts";
import type { Curve } from "../runs/measures.ts";
import { labelsApart } from "../runs/labels-apart.ts";
import type { LabelsApart } from "../runs/labels-apart.ts";
import { readRunFacts, whatDiffers } from "../runs/run-facts.ts";
import type { RunFacts } from "../runs/run-facts.ts";
import { findRun, openRun, readConfig } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";

/** A run, finished or not, of which an epoch is finished. */
export interface ChosenRun {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly facts: RunFacts;
  readonly curves: readonly Curve[];
}

/** The runs in the order in which they are named. Throws for one that is named twice, is damaged, or has no finished epoch. */
export async function chosenRuns(
  runsFolder: string,
  prefixes: readonly string[],
): Promise<readonly ChosenRun[]> {
  const chosen = await chosenFacts(runsFolder, prefixes);
  return Promise.all(chosen.map((facts) => readChosen(runsFolder, facts)));
}

/** What is known of the runs, in the order in which they are named. Throws for one that is named twice. */
export async function chosenFacts(
  runsFolder: string,
  prefixes: readonly string[],
): Promise<readonly RunFacts[]> {
  const ids: string[] = [];
  for (const prefix of prefixes) {
    const { id } = await findRun(runsFolder, prefix);
    if (ids.includes(id)) {
      throw new CommandLineError(
        `${prefix}: expected every run once, got run ${id} twice. Leave one out.`,
      );
    }
    ids.push(id);
  }
  const known = new Map((await readRunFacts(runsFolder, ids)).map((facts) => [facts.id, facts]));
  return ids.map((id) => known.get(id)!);
}

/** Reads one. Throws a UserError if it is damaged or has no finished epoch. */
export async function readChosen(runsFolder: string, facts: RunFacts): Promise<ChosenRun> {
  const run = openRun(runsFolder, facts.id);
  if (facts.state === "unfinished" && (facts.epoch ?? 0) === 0) {
    throw new UserError(
      `run ${run.id}: expected a finished epoch, found none yet. Wait for one, or repeat the command that began the run.`,
    );
  }
  const config = await readConfig(run);
  return { run, config, facts, curves: await readCurves(run, config) };
}

/** What the runs are called. Of one that is not finished, which has no title yet: its settings, and how far it is. */
export function namesOf(runs: readonly ChosenRun[]): LabelsApart {
  const settings = whatDiffers(runs.map(({ config }) => ({ title: "", config })));
  return labelsApart(
    runs.map(({ facts, curves }, i) => {
      if (facts.state === "finished") return facts;
      const named = settings[i]!.filter((setting) => !/^(kind|seed|data\.dataset)=/.test(setting));
      const progress = `${curves[0]!.values.length} of ${facts.epochs} epochs`;
      return { ...facts, differs: [...named, progress] };
    }),
  );
}
