/** @file Finds which layout a folder holds, or says what was looked for and what is there. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { listFirst } from "@mvt/common";
import { DatasetError } from "./error.ts";
import { unreadable } from "./files.ts";
import { findPath } from "./listing.ts";
import { isImageName, isJunk } from "./names.ts";
import { foldersAndFiles } from "./pictures-below.ts";

/** One way in which a data set is distributed: files and folders, relative to the set's folder. */
export interface Layout {
  readonly name: string;
  /** The files and folders that must all be there; of several in brackets the first one that is there. */
  readonly files: readonly (string | readonly string[])[];
  /** Where these may lie below the data set's folder; "" is the folder itself. */
  readonly roots: readonly string[];
}

export interface FoundLayout {
  readonly name: string;
  /** The absolute or relative path that the files are in. */
  readonly root: string;
  /** The files and folders that were found there, relative to the root, as they are written on the disk. */
  readonly files: readonly string[];
}

/** How many folders may wrap a data set, as the one that a ZIP archive unpacks to. */
const mostWrappers = 3;

/**
 * The first of `layouts` whose files are all there: in the folder, or in the only folder that it holds, or in the only one
 * that this holds. Throws DatasetError if there is none.
 *
 * @param elsewhere what to do with files in another layout; a sentence, or nothing
 */
export async function findLayout(
  title: string,
  folder: string,
  layouts: readonly Layout[],
  elsewhere = "",
): Promise<FoundLayout> {
  let place: string | undefined = folder;
  for (let i = 0; place !== undefined && i <= mostWrappers; i += 1) {
    for (const layout of layouts) {
      const found = await findIn(place, layout);
      if (found !== undefined) return found;
    }
    place = await onlyFolderIn(place);
  }
  throw new DatasetError(
    `${title}: expected one of its known layouts in ${folder}:\n` +
      `${(await Promise.all(layouts.map((layout) => describe(folder, layout)))).join("\n")}\n` +
      `found ${await contents(folder)}. Unpack the data set there, or name the folder that holds it.${elsewhere && ` ${elsewhere}`}`,
  );
}

async function findIn(folder: string, layout: Layout): Promise<FoundLayout | undefined> {
  for (const below of layout.roots) {
    const root = await findPath(folder, below);
    if (root === undefined) continue;
    const files: string[] = [];
    for (const file of layout.files) {
      const found = await firstIn(root, file);
      if (found === undefined) break;
      files.push(found);
    }
    if (files.length === layout.files.length) return { name: layout.name, root, files };
  }
  return undefined;
}

/** The first of the alternatives below `root`, relative to it. */
async function firstIn(
  root: string,
  alternatives: string | readonly string[],
): Promise<string | undefined> {
  for (const path of [alternatives].flat()) {
    const found = await findPath(root, path);
    if (found !== undefined) return found.slice(join(root, "/").length);
  }
  return undefined;
}

/** The only folder in a folder, whatever files lie beside it. */
export async function onlyFolderIn(folder: string): Promise<string | undefined> {
  const { folders } = await foldersAndFiles(folder);
  return folders.length === 1 ? join(folder, folders[0]!) : undefined;
}

/** Throws DatasetError for a folder that is missing, is a file, may not be read, or is empty. */
export async function requireFolder(title: string, folder: string): Promise<void> {
  const advice = `Unpack ${title} there, or name the folder that holds it.`;
  const refuse = (finding: string) => new DatasetError(`${title}: expected ${finding}`, { advice });
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw unreadable(folder, error);
  });
  if (found === undefined) throw refuse(`the folder ${folder}, found nothing there`);
  if (!found.isDirectory()) throw refuse(`${folder} to be a folder, found a file`);
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  if (names.every(isJunk)) throw refuse(`files in ${folder}, found an empty folder`);
}

/** "  official: EmoLabel/list.txt (missing) and Image/aligned (here or under basic/)". */
async function describe(folder: string, { name, files, roots }: Layout): Promise<string> {
  const marked = await Promise.all(
    files.map(async (file) => {
      const found = await Promise.all(
        roots.map(async (below) => {
          const root = await findPath(folder, below);
          return root !== undefined && (await firstIn(root, file)) !== undefined;
        }),
      );
      const words = wordsOf([file].flat());
      return found.includes(true) ? words : `${words} (missing)`;
    }),
  );
  const others = roots.filter((root) => root !== "").map((root) => `${root}/`);
  const also = others.length > 0 ? ` (here or under ${others.join(" or ")})` : "";
  return `  ${name}: ${marked.join(" and ")}${also}`;
}

/** "fer2013.csv or icml_face_data.csv", the first of them. */
function wordsOf(alternatives: readonly string[]): string {
  const first = alternatives.slice(0, alternativesNamed).join(" or ");
  const others = alternatives.length - alternativesNamed;
  return others > 0 ? `${first} or ${others} other places` : first;
}

const alternativesNamed = 4;

/** "train/ (1/, 2/, 3/) and 42 files, such as train_00001.jpg". */
async function contents(folder: string): Promise<string> {
  const { folders, files } = await foldersAndFiles(folder);
  const described = await Promise.all(
    folders.slice(0, foldersNamed).map(async (name) => {
      const inside = await foldersAndFiles(join(folder, name)).catch(() => undefined);
      if (inside === undefined) return `${name}/ (which may not be read)`;
      const names = inside.folders.map((each) => `${each}/`);
      const parts = [
        ...(names.length > 0 ? [listFirst(names, foldersNamed)] : []),
        ...countFiles(inside.files),
      ];
      return `${name}/ (${parts.length > 0 ? parts.join(" and ") : "empty"})`;
    }),
  );
  const more =
    folders.length > foldersNamed ? [`${folders.length - foldersNamed} more folders`] : [];
  return [...described, ...more, ...countFiles(files)].join(", ");
}

const foldersNamed = 10;

/** "labels.csv", or "42 files, such as train_00001.jpg". */
function countFiles(files: readonly string[]): string[] {
  if (files.length <= 3) return [...files];
  return [`${files.length} files, such as ${files.find(isImageName) ?? files[0]!}`];
}
