/** @file How errors reach the user: one message without a stack for what they can mend. */
import { UserError } from "@mvt/common";
import { DeviceError, WeightsError } from "@mvt/core";

/** What the system's refusals mean, by error code. */
const systemErrors: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is not a folder",
  EEXIST: "a file is where a folder was expected",
  EISDIR: "a folder is where a file was expected",
};

const mendable = [UserError, DeviceError, WeightsError];

/** Whether the message tells the user all there is to know. */
export function isMendable(error: unknown): error is Error {
  return mendable.some((kind) => error instanceof kind);
}

/** What is written to stderr. */
export function messageOf(error: unknown): string {
  if (isMendable(error)) return `error: ${error.message}`;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && code in systemErrors) {
    return `error: ${path ?? "a file"}: ${systemErrors[code]} (${code}). Choose another folder, or change its rights.`;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  return `This is a defect of the program, not of what you typed. Please report it with:\n${stack}`;
}

/** 2 where the command line itself is wrong, 1 for everything else: files, data, the disk, a defect. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof UserError ? error.exitCode : 1;
}
