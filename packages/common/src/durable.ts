/** @file Files that are on the disk, not only in the memory of the system: what a power cut leaves. */
import { open } from "node:fs/promises";

/** Waits until the content of a file is on the disk (fsync). Throws as `open` does. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What systems answer that cannot sync a folder, such as Windows and some network drives. */
const cannotSync = new Set(["EINVAL", "EISDIR", "ENOSYS", "ENOTSUP", "EPERM", "EACCES"]);

/** Waits until the names in a folder are on the disk: without it, a file that was renamed may have its old name. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await syncFile(path);
  } catch (error) {
    if (!cannotSync.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Writes arrays one after another into a new file, in one call where the system allows, and waits for the disk. */
export async function writeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, "wx");
  try {
    await writeAll(file, parts);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A system may take fewer bytes than it was given, as at 2 GiB: the rest follows. */
async function writeAll(
  file: Awaited<ReturnType<typeof open>>,
  parts: readonly Uint8Array[],
): Promise<void> {
  let left = parts.filter(({ byteLength }) => byteLength > 0);
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left);
    const whole = left.findIndex((part) => {
      if (part.byteLength > bytesWritten) return true;
      bytesWritten -= part.byteLength;
      return false;
    });
    if (whole === -1) return;
    left = [left[whole]!.subarray(bytesWritten), ...left.slice(whole + 1)];
  }
}
