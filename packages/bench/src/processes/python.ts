/** @file A Python with PyTorch, as `--python` names it, that runs a program of the benchmark. */
import { UsageError } from "../usage-error.ts";
import { ContestantError, openContestant } from "./contestant.ts";
import type { OpenContestant } from "./contestant.ts";

/** Starts the program; throws a UsageError that says which `packages` to install where that does not work. */
export async function openPython(
  python: string,
  [script, argument]: readonly [script: string, argument: string],
  packages: string,
): Promise<OpenContestant> {
  try {
    return await openContestant({ command: [python, script, argument] });
  } catch (error) {
    if (!(error instanceof ContestantError)) throw error;
    throw new UsageError(
      `--python ${python}: expected a Python with PyTorch, but ${error.message}. Install it there with \`${python} -m pip install ${packages}\`, or name another.`,
    );
  }
}
