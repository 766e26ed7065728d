/**
 * @file The names of unfinished files and folders, and clearing those that killed processes left.
 *
 * A name says who writes: `<path>.<machine>-<process>-<UUID>.tmp`. So a left-over of this machine can be told from the
 * work of a living process. Others count as left over when nothing in them has changed for a day, by the clock of the file
 * system that they are on: that of this machine may differ.
 */
import { createHash, randomUUID } from "node:crypto";
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { processExists, thisPlace } from "./processes.ts";

/** What names of unfinished files and folders end in. */
export const unfinishedSuffix = ".tmp";

/** Milliseconds without a change after which nobody is believed to be writing. */
export const leftOverAge = 24 * 60 * 60 * 1000;

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
/** Older versions named no process, and ended in ".partial". */
const unfinishedName = new RegExp(
  `^(?<whole>.+)\\.(?:(?<machine>[0-9a-f]{8})-(?<process>[0-9]+)-)?${uuid}\\.(?:tmp|partial)$`,
);

/** A new path for the unfinished content of `path`, in the same folder. */
export function unfinishedPath(path: string): string {
  return `${path}.${machine()}-${process.pid}-${randomUUID()}${unfinishedSuffix}`;
}

/**
 * Removes from a folder what processes have left unfinished that are gone, or that have not written for a day. Of `path`
 * alone if it is given, else of everything in the folder. It never fails: what cannot be removed stays.
 */
export async function removeLeftOvers(
  folder: string,
  { of }: { readonly of?: string } = {},
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const wanted = of && basename(of);
  let time: Promise<number | undefined> | undefined;
  for (const name of names) {
    const parts = unfinishedName.exec(name)?.groups;
    if (parts === undefined || (wanted !== undefined && parts["whole"] !== wanted)) continue;
    const path = join(folder, name);
    const writer = parts["machine"] === machine() ? Number(parts["process"]) : undefined;
    const gone = writer !== undefined && !processExists(writer);
    const left = gone || (await isOld(path, await (time ??= fileSystemTime(folder))));
    if (left) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/** Eight digits that another host, another start of this one, and another container do not have. */
function machine(): string {
  return createHash("sha256").update(JSON.stringify(thisPlace())).digest("hex").slice(0, 8);
}

/** The time of the file system's own clock, as a file that is made now has it; undefined where none can be made. */
async function fileSystemTime(folder: string): Promise<number | undefined> {
  const probe = unfinishedPath(join(folder, "clock"));
  try {
    await writeFile(probe, "");
    return (await stat(probe)).mtimeMs;
  } catch {
    return undefined; // nothing can be removed there either
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Whether nothing at the path, or below it, has changed for `leftOverAge` before `now`. */
async function isOld(path: string, now: number | undefined): Promise<boolean> {
  if (now === undefined) return false;
  const recent = async (at: string) => now - (await stat(at)).mtimeMs < leftOverAge;
  try {
    if (await recent(path)) return false;
    if (!(await stat(path)).isDirectory()) return true;
    for (const below of await readdir(path, { recursive: true })) {
      if (await recent(join(path, below))) return false;
    }
    return true;
  } catch {
    return false; // it has just been renamed or removed
  }
}
