/** @file Finds which published layout a folder holds, or says what was looked for. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { listFirst } from "@mvt/common";
import { DatasetError } from "./error.ts";
import { exists } from "./files.ts";

/** One way in which a data set is distributed: files and folders, relative to the set's folder. */
export interface Layout {
  readonly name: string;
  /** The files and folders that must all be there. */
  readonly files: readonly string[];
  /** Where these may lie below the data set's folder; "" is the folder itself. */
  readonly roots: readonly string[];
}

export interface FoundLayout {
  readonly name: string;
  /** The absolute or relative path that the files are in. */
  readonly root: string;
  /** The files and folders that were found there, relative to the root. */
  readonly files: readonly string[];
}

/** The first of `layouts` whose files are all there. Throws DatasetError if there is none. */
export async function findLayout(
  title: string,
  folder: string,
  layouts: readonly Layout[],
): Promise<FoundLayout> {
  for (const { name, files, roots } of layouts) {
    for (const root of roots.map((path) => join(folder, path))) {
      const present = await Promise.all(files.map((file) => exists(join(root, file))));
      if (present.every(Boolean)) return { name, root, files };
    }
  }
  throw new DatasetError(
    `${title}: expected one of its known layouts in ${folder}:\n` +
      `${(await Promise.all(layouts.map((layout) => describe(folder, layout)))).join("\n")}\n` +
      `found ${await contents(folder)}. Unpack the data set there, or name the folder that holds it.`,
  );
}

/** Throws DatasetError for a folder that is missing, is a file, or is empty. */
export async function requireFolder(title: string, folder: string): Promise<void> {
  const advice = `Unpack ${title} there, or name the folder that holds it.`;
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) {
    throw new DatasetError(`${title}: expected the folder ${folder}, found nothing there`, {
      advice,
    });
  }
  if (!found.isDirectory()) {
    throw new DatasetError(`${title}: expected ${folder} to be a folder, found a file`, { advice });
  }
  if ((await readdir(folder)).length === 0) {
    throw new DatasetError(`${title}: expected files in ${folder}, found an empty folder`, {
      advice,
    });
  }
}

/** "  official: EmoLabel/list.txt (missing) and Image/aligned, also under basic/". */
async function describe(folder: string, { name, files, roots }: Layout): Promise<string> {
  const marked = await Promise.all(
    files.map(async (file) => {
      const found = await Promise.all(roots.map((root) => exists(join(folder, root, file))));
      return found.includes(true) ? file : `${file} (missing)`;
    }),
  );
  const others = roots.filter((root) => root !== "").map((root) => `${root}/`);
  const also = others.length > 0 ? ` (here or under ${others.join(" or ")})` : "";
  return `  ${name}: ${marked.join(" and ")}${also}`;
}

async function contents(folder: string): Promise<string> {
  return listFirst((await readdir(folder)).toSorted(), 10);
}
