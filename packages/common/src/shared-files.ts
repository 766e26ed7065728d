/**
 * @file File operations that also hold in a folder that several machines share over NFS, version 3 or 4.
 *
 * - A request whose answer was lost is sent again. If it was carried out the first time, the second answer is an error:
 *   the renamed file is "not there" (ENOENT), the new name is "taken" (EEXIST). What is in the folder then decides.
 * - A file that another machine replaces or removes while it is read is gone: ESTALE, with some servers EIO.
 * - A file that is removed while this machine has it open keeps a name such as ".nfs0000000000a1b2c3" until it is closed.
 */
import { link, lstat, readdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "./errors.ts";
import { systemCodeOf } from "./system-errors.ts";

/** Renames a file or a folder. An error does not count if the rename was carried out and only its answer was lost. */
export async function renameOnce(from: string, to: string): Promise<void> {
  const moved = await identityOf(from);
  try {
    await rename(from, to);
  } catch (error) {
    if (moved === undefined || (await identityOf(to)) !== moved) throw error;
  }
}

/**
 * Gives the file at `from` a second name: "taken" if there is another file at `to`, "vanished" if one of the folders or
 * `from` is not there any more. An error does not count if the link was made and only its answer was lost.
 *
 * @throws UserError where the file system has no hard links.
 */
export async function linkOnce(from: string, to: string): Promise<"linked" | "taken" | "vanished"> {
  try {
    await link(from, to);
    return "linked";
  } catch (error) {
    const own = await identityOf(from);
    if (own !== undefined && (await identityOf(to)) === own) return "linked";
    const code = systemCodeOf(error) ?? "";
    if (code === "EEXIST") return "taken";
    if (code === "ENOENT") return "vanished";
    if (!noLinks.has(code)) throw error;
    throw new UserError(
      `${dirname(to)}: expected a file system with hard links, found one without (${code})`,
      { advice: "Choose a folder on another file system.", cause: error },
    );
  }
}

/** How file systems without hard links refuse one. */
const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/**
 * Of one file, whatever its name. The number on the disk alone does not tell: it is given out again once a file is removed.
 * Undefined if there is no such file, or it cannot be looked up.
 */
async function identityOf(path: string): Promise<string | undefined> {
  const stats = await lstat(path, { bigint: true }).catch(() => undefined);
  return stats && [stats.dev, stats.ino, stats.size, stats.mtimeNs].join(" ");
}

/** How often a file is read that others keep replacing, and the milliseconds before each further try. */
const [mostReads, pause] = [4, 50];

/** What a file answers that another machine has replaced or removed since it was opened. */
const replaced = new Set(["ESTALE", "EIO"]);

/** Does again what reads a file, from opening it on, where the file was replaced meanwhile. */
export async function readAgain<Read>(read: () => Promise<Read>): Promise<Read> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      const code = systemCodeOf(error) ?? "";
      if (tries === mostReads || !replaced.has(code)) throw error;
      await setTimeout(pause * tries);
    }
  }
}

/** Whether a name is that of a file that was removed while a program had it open, as NFS and FUSE keep it. */
export function isHeldOpen(name: string): boolean {
  return /^\.(?:nfs|fuse_hidden)[0-9a-f]{8,}$/.test(name);
}

/** The names in a folder, sorted, but those of removed files. Throws as `readdir` does. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => !isHeldOpen(name)).toSorted();
}
