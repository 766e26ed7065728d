/**
 * @file Files and folders that appear whole or not at all: they are written under a temporary name next to
 * their own, then renamed. Reading regular files: `regular-files.ts`; what the system refuses: `system-errors.ts`.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder, writeDurably } from "./durable.ts";
import { unfinishedPath, unfinishedSuffix } from "./left-overs.ts";
import { namesIn, renameOnce } from "./shared-files.ts";
import { namePath } from "./system-errors.ts";

export { syncFile, syncFolder } from "./durable.ts";
export { leftOverAge, removeLeftOvers, unfinishedPath, unfinishedSuffix } from "./left-overs.ts";
export { processExists, type ProcessPlace, thisPlace } from "./processes.ts";
export {
  chunksOfRegular,
  mostBytes,
  readRegular,
  readRegularText,
  type ReadOptions,
  requireRegularFile,
  UnreadableFileError,
} from "./regular-files.ts";
export { isHeldOpen, linkOnce, namesIn, readAgain, renameOnce } from "./shared-files.ts";
export {
  namePath,
  systemCodeOf,
  type SystemRefusal,
  systemRefusalOf,
  systemRefusals,
} from "./system-errors.ts";

export interface WholeOptions {
  /**
   * Asked before anything is written, and again when the content is complete, right before it gets its name. What it
   * throws is thrown on, and leaves everything as it was.
   */
  readonly may?: () => Promise<void>;
}

/**
 * Has `make` write a file or a folder at a temporary path, then renames it to `path`. Parent folders are made as
 * needed. Where `make` or the renaming fails, nothing of it is left and the error is thrown on; the
 * system's errors name `path`.
 */
export async function makeWhole<Made>(
  path: string,
  make: (temporary: string) => Promise<Made>,
  { may = async () => {} }: WholeOptions = {},
): Promise<Made> {
  await may();
  await mkdir(dirname(path), { recursive: true });
  const temporary = unfinishedPath(path);
  try {
    const made = await make(temporary);
    await may();
    await renameOnce(temporary, path);
    return made;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {}); // the first error counts
    throw namePath(error, path, temporary);
  }
}

/** Writes a file whole. */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  options?: WholeOptions,
): Promise<void> {
  await makeWhole(path, (temporary) => writeFile(temporary, content), options);
}

/**
 * Writes a file whole, out of parts that follow one another, and waits until its bytes and then its name are on the
 * disk: after a power cut the file is whole, or as it was before.
 */
export async function writeWholeDurably(
  path: string,
  parts: readonly Uint8Array[],
  options?: WholeOptions,
): Promise<void> {
  await makeWhole(path, (temporary) => writeDurably(temporary, parts), options);
  await syncFolder(dirname(path));
}

/**
 * Removes from a folder what processes left unfinished there, and returns its names; names that `keeps` accepts stay. The
 * caller makes sure that no process may write into the folder. One that nevertheless goes on, because it stood still
 * meanwhile, cannot finish what is removed: there is nothing to rename.
 */
export async function removeUnfinished(
  folder: string,
  keeps: (name: string) => boolean = () => false,
): Promise<readonly string[]> {
  const left = (await namesIn(folder)).filter(
    (name) => name.endsWith(unfinishedSuffix) && !keeps(name),
  );
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  return left;
}
