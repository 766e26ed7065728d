/**
 * @file Files and folders that appear whole or not at all: they are written under a temporary name next to
 * their own, then renamed. Reading regular files: `regular-files.ts`; what the system refuses: `system-errors.ts`.
 */
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder, writeDurably } from "./durable.ts";
import { unfinishedPath, unfinishedSuffix } from "./left-overs.ts";
import { namePath } from "./system-errors.ts";

export { syncFile, syncFolder } from "./durable.ts";
export { leftOverAge, removeLeftOvers, unfinishedPath, unfinishedSuffix } from "./left-overs.ts";
export { processExists, type ProcessPlace, thisPlace } from "./processes.ts";
export {
  mostBytes,
  readRegular,
  readRegularText,
  type ReadOptions,
  requireRegularFile,
  streamRegular,
  UnreadableFileError,
} from "./regular-files.ts";
export { namePath, type SystemRefusal, systemRefusalOf, systemRefusals } from "./system-errors.ts";

/**
 * Has `make` write a file or a folder at a temporary path, then renames it to `path`. Parent folders are made as
 * needed. Where `make` or the renaming fails, nothing of it is left and the error is thrown on; the
 * system's errors name `path`.
 */
export async function makeWhole<Made>(
  path: string,
  make: (temporary: string) => Promise<Made>,
): Promise<Made> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = unfinishedPath(path);
  try {
    const made = await make(temporary);
    await rename(temporary, path);
    return made;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw namePath(error, path, temporary);
  }
}

/** Writes a file whole. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await makeWhole(path, (temporary) => writeFile(temporary, content));
}

/**
 * Writes a file whole, out of parts that follow one another, and waits until its bytes and then its name are on the
 * disk: after a power cut the file is whole, or as it was before.
 */
export async function writeWholeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await makeWhole(path, (temporary) => writeDurably(temporary, parts));
  await syncFolder(dirname(path));
}

/**
 * Removes from a folder what killed processes left unfinished there; names that `keeps` accepts stay. The caller
 * makes sure that no living process writes into the folder.
 */
export async function removeUnfinished(
  folder: string,
  keeps: (name: string) => boolean = () => false,
): Promise<void> {
  const left = (await readdir(folder)).filter(
    (name) => name.endsWith(unfinishedSuffix) && !keeps(name),
  );
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
