/** @file Which files and folders there are. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { mapConcurrently } from "./concurrently.ts";

const imageExtensions = /\.(?:jpe?g|png|webp|gif|tiff?|avif|bmp)$/i;
const foldersAtOnce = 16;

/** Whether there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Whether an error of node:fs means that there is no such file. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, ["ENOENT"]);
}

/** Of a folder that cannot be: below a file, of a name that is too long or has a null byte. */
const impossible = ["ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];

function hasCode(error: unknown, codes: readonly unknown[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(error.code);
}

/** The names in a folder; none if the folder is missing, or if there can be none of its name. */
export async function listFolder(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(folder));
  } catch (error) {
    if (isMissing(error) || hasCode(error, impossible)) return new Set();
    throw error;
  }
}

/** The paths among `paths` where there is no file, in their order. Each folder is listed once. */
export async function missingFiles(paths: readonly string[]): Promise<string[]> {
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const listings = await mapConcurrently(folders, foldersAtOnce, listFolder);
  const present = new Map(folders.map((folder, i) => [folder, listings[i]!]));
  return paths.filter((path) => !present.get(dirname(path))!.has(basename(path)));
}

/** Whether a file's name is that of an image; Thumbs.db and .DS_Store are none. */
export function isImageName(name: string): boolean {
  return imageExtensions.test(name) && !name.startsWith(".");
}

/** The names of the folders and of the images in a folder, in the order of their code points. */
export async function listImages(
  folder: string,
): Promise<{ readonly folders: readonly string[]; readonly images: readonly string[] }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = (of: typeof entries) => of.map(({ name }) => name).toSorted();
  return {
    // A link may lead to a folder or to a file; its name decides.
    folders: names(
      entries.filter(
        (entry) =>
          !entry.name.startsWith(".") &&
          (entry.isDirectory() || (entry.isSymbolicLink() && !isImageName(entry.name))),
      ),
    ),
    images: names(entries.filter((entry) => !entry.isDirectory() && isImageName(entry.name))),
  };
}
