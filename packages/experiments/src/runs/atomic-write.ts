/** @file Writing a file so that it is there whole or not at all. */
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Writes beside `path` and renames. Folders are made as needed. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, content);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/**
 * Removes from a run's folder what processes that were killed while they wrote left there. The caller holds the
 * run's lock; what others write to get it stays.
 */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder);
  const left = names.filter((name) => name.endsWith(".tmp") && !name.startsWith("lock."));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}
