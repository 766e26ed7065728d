/** @file Which files and folders there are. */
import { readdir, stat } from "node:fs/promises";
import { DatasetError } from "./error.ts";

/** Whether there is a file or folder. Throws DatasetError where that may not be known, as below a folder without permission. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error) || isImpossible(error)) return false;
    throw unreadable(path, error);
  }
}

/** Whether an error of node:fs means that there is no such file. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

/** Of a path that cannot be: below a file, of a name that is too long or has a null byte. */
const impossible: readonly unknown[] = ["ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];

function isImpossible(error: unknown): boolean {
  return impossible.includes(codeOf(error));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** What is there and cannot be read: without permission, a link that leads to itself. */
export function unreadable(path: string, error: unknown): DatasetError {
  return new DatasetError(
    `${path}: expected a file or folder that may be read, found ${reasonNotToRead(error)}. ` +
      `Give yourself permission to read it, or name another one.`,
    { cause: error },
  );
}

/** "no permission to read it (EACCES)". */
function reasonNotToRead(error: unknown): string {
  const code = codeOf(error);
  const reason =
    code === "EACCES" || code === "EPERM"
      ? "no permission to read it"
      : code === "ELOOP"
        ? "a link that leads back to itself"
        : "something else";
  return `${reason} (${String(code ?? error)})`;
}

/**
 * The names in a folder; none if the folder is missing, or if there can be none of its name. Throws DatasetError for one
 * that may not be read.
 */
export async function listFolder(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(folder));
  } catch (error) {
    if (isMissing(error) || isImpossible(error)) return new Set();
    throw unreadable(folder, error);
  }
}
