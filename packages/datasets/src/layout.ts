/** @file Finding which published layout a folder holds, and saying what was looked for where none is. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError } from "./error.ts";

/** One way in which a data set is distributed: files and folders, relative to the set's folder. */
export interface Layout {
  readonly name: string;
  readonly parts: readonly string[];
  /** Where the parts may lie below the data set's folder; "" is the folder itself. */
  readonly roots: readonly string[];
}

export interface FoundLayout {
  readonly name: string;
  /** The absolute or relative path that the parts are in. */
  readonly root: string;
  /** The parts that were found there, relative to the root. */
  readonly parts: readonly string[];
}

/** The first of `layouts` that is there with all its parts. */
export async function findLayout(
  title: string,
  folder: string,
  layouts: readonly Layout[],
): Promise<FoundLayout> {
  for (const { name, parts, roots } of layouts) {
    for (const root of roots.map((part) => join(folder, part))) {
      const present = await Promise.all(parts.map((part) => exists(join(root, part))));
      if (present.every(Boolean)) return { name, root, parts };
    }
  }
  throw new DatasetError(
    `${title}: expected one of its known layouts in ${folder}:\n` +
      `${(await Promise.all(layouts.map((layout) => describe(folder, layout)))).join("\n")}\n` +
      `found ${await contents(folder)}. Unpack the data set there, or name the folder that holds it.`,
  );
}

/** Refuses a folder that is missing, is a file, or is empty. */
export async function requireFolder(title: string, folder: string): Promise<void> {
  const put = `Unpack ${title} there, or name the folder that holds it.`;
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) {
    throw new DatasetError(`${title}: expected the folder ${folder}, found nothing there. ${put}`);
  }
  if (!found.isDirectory()) {
    throw new DatasetError(`${title}: expected ${folder} to be a folder, found a file. ${put}`);
  }
  if ((await readdir(folder)).length === 0) {
    throw new DatasetError(`${title}: expected files in ${folder}, found an empty folder. ${put}`);
  }
}

/** The names in a folder; none where the folder is missing. */
export async function listFolder(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(folder));
  } catch (error) {
    if (isMissing(error)) return new Set();
    throw error;
  }
}

/** Refuses labels without an image: names the first five files and says how many there are. */
export function requireImages(
  title: string,
  labels: { readonly path: string; readonly count: number },
  missing: readonly string[],
): void {
  if (missing.length === 0) return;
  const shown = missing.slice(0, 5);
  const more = missing.length - shown.length;
  throw new DatasetError(
    `${title}: expected an image file for each of the ${labels.count} labels in ${labels.path}; ` +
      `${missing.length} missing: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}. ` +
      `Unpack all images of the data set.`,
  );
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Whether an error of node:fs says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** "  official: EmoLabel/list.txt (missing) and Image/aligned, also under basic/". */
async function describe(folder: string, { name, parts, roots }: Layout): Promise<string> {
  const marked = await Promise.all(
    parts.map(async (part) => {
      const found = await Promise.all(roots.map((root) => exists(join(folder, root, part))));
      return found.includes(true) ? part : `${part} (missing)`;
    }),
  );
  const others = roots.filter((root) => root !== "").map((root) => `${root}/`);
  const also = others.length > 0 ? ` (here or under ${others.join(" or ")})` : "";
  return `  ${name}: ${marked.join(" and ")}${also}`;
}

async function contents(folder: string): Promise<string> {
  const names = (await readdir(folder)).toSorted();
  const more = names.length > 10 ? ` and ${names.length - 10} more` : "";
  return `${names.slice(0, 10).join(", ")}${more}`;
}
