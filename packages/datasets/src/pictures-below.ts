/**
 * @file The pictures in a folder and in the folders in it, by content: a file is a picture if its name ends as an image's,
 * or if it begins as one. What systems leave beside data is passed by.
 */
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { mapConcurrently } from "./concurrently.ts";
import { DatasetError } from "./error.ts";
import { unreadable } from "./files.ts";
import { isPicture, startLength } from "./images/formats.ts";
import type { LeftOutReason } from "./left-out.ts";
import { isImageName, isJunk } from "./names.ts";

const filesAtOnce = 16;

/** The pictures below a folder, and the other files by why they are left out. */
export interface PicturesBelow {
  /** Paths below the folder with "/" between their parts, in the order of their code points. */
  readonly pictures: readonly string[];
  readonly leftOut: Readonly<Record<Extract<LeftOutReason, "junk" | "other">, readonly string[]>>;
}

/**
 * Finds every picture below `folder`. A picture that cannot be decoded is found as well: whoever decodes it says why not.
 * Throws DatasetError for a folder that may not be read, and for a link that leads back to a folder above it.
 */
export async function picturesBelow(folder: string): Promise<PicturesBelow> {
  const found = { pictures: [] as string[], junk: [] as string[], other: [] as string[] };
  await search(folder, "", [], found);
  const { pictures, junk, other } = found;
  return {
    pictures: pictures.toSorted(),
    leftOut: { junk: junk.toSorted(), other: other.toSorted() },
  };
}

async function search(
  root: string,
  below: string,
  above: readonly string[],
  found: Readonly<Record<"pictures" | "junk" | "other", string[]>>,
): Promise<void> {
  const folder = join(root, below);
  const place = await realpath(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  if (above.includes(place)) {
    throw new DatasetError(
      `${folder}: expected a folder of pictures, found a link to a folder that it lies in. Remove the link.`,
    );
  }
  const { junk, folders, files } = await foldersAndFiles(folder);
  found.junk.push(...junk.map((name) => `${below}${name}`));
  const kinds = await mapConcurrently(files, filesAtOnce, async (name) =>
    isImageName(name) || (await beginsAsPicture(join(folder, name))) ? "pictures" : "other",
  );
  for (const [i, kind] of kinds.entries()) found[kind].push(`${below}${files[i]!}`);
  for (const name of folders) await search(root, `${below}${name}/`, [...above, place], found);
}

/** The names in a folder in the order of their code points. A link is what it leads to. */
export async function foldersAndFiles(folder: string): Promise<{
  readonly junk: readonly string[];
  readonly folders: readonly string[];
  readonly files: readonly string[];
}> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const names = { junk: [] as string[], folders: [] as string[], files: [] as string[] };
  for (const entry of entries) {
    const leadsToFolder =
      entry.isSymbolicLink() &&
      (await stat(join(folder, entry.name)).catch(() => undefined))?.isDirectory() === true;
    const kind = isJunk(entry.name)
      ? "junk"
      : entry.isDirectory() || leadsToFolder
        ? "folders"
        : "files";
    names[kind].push(entry.name);
  }
  return {
    junk: names.junk.toSorted(),
    folders: names.folders.toSorted(),
    files: names.files.toSorted(),
  };
}

/** Reads the beginning of a regular file; nothing else is opened. A file that may not be read is no picture. */
async function beginsAsPicture(path: string): Promise<boolean> {
  const { isFile } = await stat(path).then(
    (found) => ({ isFile: found.isFile() }),
    () => ({ isFile: false }),
  );
  if (!isFile) return false;
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(startLength), 0, startLength, 0);
    return isPicture(buffer.subarray(0, bytesRead));
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}
