/**
 * @file What the system refuses: a full disk, missing rights, a folder in the place of a file. The user can mend these, so
 * they are shown as a message, not as a defect.
 */
import { constants } from "node:os";
import { UserError } from "./errors.ts";

const room = "Make room, or choose another folder";
const rights = "Choose another folder, or change its rights";
const place = "Choose another folder, or move what is in the way";
const limit = "Raise the limit (`ulimit -n`), or do less at a time";
const device = "Check the disk";

/** The system's refusals that the user can mend, by error code: what each means, and what to do. */
export const systemRefusals = {
  EACCES: { meaning: "permission denied", advice: rights },
  EPERM: { meaning: "operation not permitted", advice: rights },
  EROFS: { meaning: "the file system is read-only", advice: rights },
  ENOSPC: { meaning: "the disk is full", advice: room },
  EDQUOT: { meaning: "the disk quota is used up", advice: room },
  EFBIG: { meaning: "the file is larger than the file system allows", advice: room },
  EIO: { meaning: "the device failed", advice: device },
  ESTALE: { meaning: "another machine has replaced or removed it", advice: "Repeat the command" },
  ENOTDIR: { meaning: "a part of the path is not a folder", advice: place },
  EISDIR: { meaning: "a folder is where a file was expected", advice: place },
  EEXIST: { meaning: "a file is where a folder was expected", advice: place },
  ENOTEMPTY: { meaning: "the folder is not empty", advice: place },
  EMFILE: { meaning: "this process has too many files open", advice: limit },
  ENFILE: { meaning: "the system has too many files open", advice: limit },
} as const satisfies Readonly<Record<string, { meaning: string; advice: string }>>;

export type SystemRefusal = keyof typeof systemRefusals;

/** Names by number, of the errors that Node has no name for: ESTALE and EDQUOT, which file servers answer. */
const names = new Map(Object.entries(constants.errno).map(([name, errno]) => [-errno, name]));

/** The code of a system's error, such as "ENOENT"; undefined for every other error. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errno } = error as NodeJS.ErrnoException;
  return code?.startsWith("Unknown system error") ? names.get(errno!) : code;
}

/** What was being done, by the name of the system call; other calls are named as they are. */
const doings: Readonly<Record<string, string>> = {
  open: "opening it",
  read: "reading it",
  write: "writing it",
  pwrite: "writing it",
  fsync: "writing it to the disk",
  mkdir: "making this folder",
  scandir: "listing this folder",
  rename: "moving it",
  link: "linking it",
  copyfile: "copying it",
  unlink: "removing it",
  rmdir: "removing it",
  rm: "removing it",
  stat: "looking it up",
  lstat: "looking it up",
};

/**
 * The system's refusal as a UserError, which names the path, what was being done and what to do; undefined for every
 * other error, such as a file that is missing.
 */
export function systemRefusalOf(error: unknown): UserError | undefined {
  if (!(error instanceof Error) || error instanceof UserError) return undefined;
  const { path, syscall } = error as NodeJS.ErrnoException;
  const code = systemCodeOf(error);
  if (code === undefined || !Object.hasOwn(systemRefusals, code)) return undefined;
  const { meaning, advice } = systemRefusals[code as SystemRefusal];
  const doing = syscall === undefined ? "" : `${doings[syscall] ?? syscall} failed: `;
  return new UserError(`${path ?? "a file"}: ${doing}${meaning} (${code})`, {
    advice: `${advice}.`,
    cause: error,
  });
}

/**
 * Names `path` in a system's error that names none, as those of reading and writing an open file do, or that names
 * `instead`, a temporary name of the same file. Returns the error.
 */
export function namePath(error: unknown, path: string, instead?: string): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const failed = error as NodeJS.ErrnoException;
  const unnamed = failed.path === undefined || failed.path === instead;
  if (failed.code !== undefined && failed.syscall !== undefined && unnamed) failed.path = path;
  return error;
}
