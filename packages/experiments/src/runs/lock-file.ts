/** @file Reading the file of a lock, which names its holder. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { UserError } from "@mvt/common";
import { readAgain, systemCodeOf } from "@mvt/common/files";
import { parseHolder } from "./lock-holder.ts";
import type { LockHolder } from "./lock-holder.ts";

/** Whether a file of a run's folder belongs to the lock: processes that want it write such files. */
export function isLockFile(name: string): boolean {
  return name === "lock" || name.startsWith("lock.");
}

/** A lock's file as it was read. */
export interface LockFile {
  readonly holder: LockHolder | undefined;
  /** Of its token, or of its content if it names nobody. It becomes part of a file's name. */
  readonly identity: string;
  /** Changes whenever the file is written. */
  readonly mark: string;
}

/** The lock's file; undefined if there is none. Throws a UserError if it is no file. */
export async function readLock(path: string): Promise<LockFile | undefined> {
  try {
    // Opening the file has NFS ask the server, whatever this machine remembers of it.
    const [text, { mtimeMs }] = await readAgain(() =>
      Promise.all([readFile(path, "utf8"), stat(path)]),
    );
    const mark = `${mtimeMs} ${text}`;
    const holder = parseHolder(text);
    const hash = createHash("sha256").update(mark).digest("hex").slice(0, 32);
    return { holder, identity: holder?.token ?? hash, mark };
  } catch (error) {
    const code = systemCodeOf(error);
    // NFS 4 opens what this process has open already, also once another machine has removed it (ESTALE).
    if (code === "ENOENT" || code === "ESTALE") return undefined;
    if (code !== "EISDIR") throw error;
    throw new UserError(`${path}: expected the lock of a run, found a folder`, {
      advice: "Remove it.",
    });
  }
}
