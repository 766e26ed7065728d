/**
 * @file Finds files by the names that labels and layouts give them. A name counts as found where a file's name differs
 * from it in upper and lower case or in composed and decomposed letters only, as it does after a copy to a file system
 * that does not tell these apart.
 */
import { basename, dirname, isAbsolute, join, sep } from "node:path";
import { groupBy } from "@mvt/common";
import { mapConcurrently } from "./concurrently.ts";
import { DatasetError } from "./error.ts";
import { listFolder } from "./files.ts";
import { imageStem, isImageName, isJunk, nameKey } from "./names.ts";

const foldersAtOnce = 16;

/** The names in one folder. */
export class Listing {
  readonly folder: string;
  readonly #names: ReadonlySet<string>;
  #sorted: readonly string[] | undefined;
  #byKey: ReadonlyMap<string, readonly string[]> | undefined;
  #byStem: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(folder: string, names: ReadonlySet<string>) {
    this.folder = folder;
    this.#names = names;
  }

  /** None if the folder is missing. Throws DatasetError for one that may not be read. */
  static async of(folder: string): Promise<Listing> {
    return new Listing(folder, await listFolder(folder));
  }

  /** The names in order, without what systems leave there. */
  get names(): readonly string[] {
    this.#sorted ??= [...this.#names].filter((name) => !isJunk(name)).toSorted();
    return this.#sorted;
  }

  /** The name that a file or folder called `name` has here. Throws DatasetError if two others fit equally well. */
  find(name: string): string | undefined {
    if (this.#names.has(name)) return name;
    this.#byKey ??= groupBy(this.names, nameKey);
    return this.#only(name, this.#byKey.get(nameKey(name)));
  }

  /** As `find`, of an image, whatever the ending of its name says of its format. */
  findImage(name: string): string | undefined {
    const found = this.find(name);
    if (found !== undefined) return found;
    this.#byStem ??= groupBy(this.names.filter(isImageName), (each) => nameKey(imageStem(each)));
    return this.#only(name, this.#byStem.get(nameKey(imageStem(name))));
  }

  #only(name: string, candidates: readonly string[] = []): string | undefined {
    if (candidates.length < 2) return candidates[0];
    throw new DatasetError(
      `${this.folder}: expected one file or folder for ${name}, found ${candidates.join(" and ")}. ` +
        `Keep one of them.`,
    );
  }
}

/** The path of a file or folder below `root`, with its parts as they are written on the disk; undefined if there is none. */
export async function findPath(root: string, path: string): Promise<string | undefined> {
  let found = root;
  for (const part of path.split(sep === "/" ? "/" : /[/\\]/)) {
    if (part === "" || part === ".") continue;
    const name = part === ".." ? part : (await Listing.of(found)).find(part);
    if (name === undefined) return undefined;
    found = join(found, name);
  }
  return found;
}

/**
 * By each of `paths` that a file has, its path as it is written on the disk. They start at `root` unless they are absolute.
 * Each folder is listed once. A path with backslashes between its parts, as Windows writes it, is found as well.
 */
export async function findFiles(
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await findExactly(root, paths);
  const others = paths.filter((path) => !found.has(path) && path.includes("\\"));
  const turned = (path: string) => path.replaceAll("\\", "/");
  const again = await findExactly(root, others.map(turned));
  return new Map([
    ...found,
    ...others.flatMap((path) => {
      const place = again.get(turned(path));
      return place === undefined ? [] : [[path, place] as const];
    }),
  ]);
}

async function findExactly(
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const listed = await mapConcurrently(folders, foldersAtOnce, async (folder) => {
    const place = isAbsolute(folder) ? folder : await findPath(root, folder);
    return place === undefined ? undefined : Listing.of(place);
  });
  const listings = new Map(folders.map((folder, i) => [folder, listed[i]]));
  return new Map(
    paths.flatMap((path) => {
      const listing = listings.get(dirname(path));
      const name = listing?.find(basename(path));
      return name === undefined ? [] : [[path, join(listing!.folder, name)] as const];
    }),
  );
}
