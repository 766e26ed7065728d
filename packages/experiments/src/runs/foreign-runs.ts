/** @file The runs below folders that the user names: folders of runs, or of one run, of other machines. */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "@mvt/common";
import { systemRefusalOf } from "@mvt/common/files";
import { isRunId, openRun } from "./run-folder.ts";
import type { RunFolder } from "./run-folder.ts";

/** How many folders down runs are looked for: DIR/<machine>/<checkout>/runs/<id>. */
const deepest = 3;

/**
 * The runs below each folder, those of one folder by their ids. A folder is a run if its name is a run's id; it is a
 * folder of runs, in which nothing else is looked at, if such a folder is in it. `here` and hidden folders are passed by.
 *
 * Throws a UserError for a path that is no folder, for `here` itself, and for a folder without runs.
 */
export async function findForeignRuns(
  folders: readonly string[],
  here: string,
): Promise<readonly RunFolder[]> {
  const own = await realpath(here).catch(() => here);
  const found: RunFolder[] = [];
  for (const folder of folders) {
    const path = resolve(folder);
    await requireForeign(folder, path, own);
    const runs = isRunId(basename(path))
      ? [openRun(dirname(path), basename(path))]
      : await runsBelow(path, own, deepest);
    if (runs.length === 0) {
      throw new UserError(
        `runs import ${folder}: expected a folder of runs, of one run or of such folders, found no run in it or up to ${deepest} folders below.`,
      );
    }
    for (const run of runs)
      if (found.every((other) => other.folder !== run.folder)) found.push(run);
  }
  return found;
}

async function requireForeign(folder: string, path: string, own: string): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    throw systemRefusalOf(error) ?? notThere(folder, "nothing");
  });
  if (!stats.isDirectory()) throw notThere(folder, "something else");
  const real = await realpath(path);
  if (real !== own && dirname(real) !== own) return;
  throw new UserError(
    `runs import ${folder}: expected runs of another folder, found those of ${own} itself. Name another folder, or the one to import into with --runs.`,
  );
}

function notThere(folder: string, found: string): UserError {
  return new UserError(`runs import ${folder}: expected a folder, found ${found}. Check the path.`);
}

async function runsBelow(
  folder: string,
  own: string,
  depth: number,
): Promise<readonly RunFolder[]> {
  if ((await realpath(folder)) === own) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .toSorted();
  const ids = names.filter(isRunId);
  if (ids.length > 0) return ids.map((id) => openRun(folder, id));
  if (depth === 0) return [];
  const below = await Promise.all(
    names.map((name) => runsBelow(join(folder, name), own, depth - 1)),
  );
  return below.flat();
}
