/** @file `pnpm exp runs remove`: forgets a run, once somebody has agreed. */
import { createInterface } from "node:readline/promises";
import { CommandLineError, printable, UserError } from "@mvt/common";
import { dependentsOf } from "../runs/run-facts.ts";
import type { RunFacts } from "../runs/run-facts.ts";
import { takeLock } from "../runs/lock.ts";
import { findRun, removeRun } from "../runs/run-folder.ts";

/** As many characters of an id do not name a run by chance. */
const leastPrefix = 6;

/**
 * Removes the run whose id begins with `prefix`. Without `yes` it asks on a terminal and refuses elsewhere, and refuses
 * everywhere if other runs depend on the run.
 */
export async function removeOne(runsFolder: string, prefix: string, yes: boolean): Promise<void> {
  if (prefix.length < leastPrefix) {
    throw new CommandLineError(
      `runs remove ${prefix}: expected at least ${leastPrefix} characters of a run's id, got ${prefix.length}. \`pnpm exp runs list\` shows all.`,
    );
  }
  const { id } = await findRun(runsFolder, prefix);
  const dependents = await dependentsOf(runsFolder, id);
  if (!yes) {
    requireNoDependents(id, dependents);
    if (!(await agreed(id))) {
      process.stdout.write("removed nothing\n");
      return;
    }
  }
  await removeRun(runsFolder, id, await takeLock(runsFolder, id));
  process.stdout.write(`removed run ${id}\n`);
}

function requireNoDependents(id: string, dependents: readonly RunFacts[]): void {
  if (dependents.length === 0) return;
  const named = dependents.map((run) => `${run.id} (${printable(run.title)})`).join(", ");
  throw new UserError(
    `runs remove ${id}: expected a run that no other depends on, found ${named}. Remove those first, or add --yes.`,
  );
}

/** Asks on a terminal. */
async function agreed(id: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CommandLineError(
      `runs remove ${id}: expected a terminal on which to ask, got none. Add --yes to remove the run without a question.`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`remove run ${id}? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
