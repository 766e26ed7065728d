/**
 * @file Reading the files that a user names or unpacks. Only regular files are opened, and links to them: a pipe may
 * never deliver a byte, and a device may never end. No more is read than the file had when it was opened.
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { UserError } from "./errors.ts";
import { readAgain } from "./shared-files.ts";

/** Node reads no more into memory at once: 2 GiB less one byte. */
export const mostBytes = 2 ** 31 - 1;

/** Of a text: far more than the labels of the largest data set, and less than the longest string. */
const mostTextBytes = 2 ** 28;

/** Something else than a regular file, or a larger one than is read. */
export class UnreadableFileError extends UserError {
  override readonly name = "UnreadableFileError";
  /** What it is: "a named pipe". */
  readonly found: string;
  /** The finding without the path: "expected a regular file, found a named pipe". */
  readonly reason: string;

  constructor(path: string, expected: string, found: string, advice: string) {
    const reason = `expected ${expected}, found ${found}`;
    super(`${path}: ${reason}`, { advice });
    this.found = found;
    this.reason = reason;
  }
}

export interface ReadOptions {
  /** A larger file is refused before it is read. Default: `mostBytes`, for a text 256 MiB. */
  readonly maximumBytes?: number;
}

/**
 * The bytes of a regular file. Throws UnreadableFileError for a folder, a pipe, a device and the like, without opening
 * it, and for a file that is too large; Node's error for one that is missing or not allowed to be read. A file that another
 * machine replaces meanwhile is read again.
 */
export async function readRegular(
  path: string,
  { maximumBytes = mostBytes }: ReadOptions = {},
): Promise<Buffer<ArrayBuffer>> {
  return readAgain(() => readOpened(path, maximumBytes));
}

async function readOpened(path: string, maximumBytes: number): Promise<Buffer<ArrayBuffer>> {
  const { file, size } = await openRegular(path);
  try {
    if (size > maximumBytes) {
      throw new UnreadableFileError(
        path,
        `a file of at most ${formatBytes(maximumBytes)}`,
        `one of ${size} bytes`,
        "Check that this is the file you mean.",
      );
    }
    const bytes = Buffer.alloc(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await file.read(bytes, at, size - at, at);
      if (bytesRead === 0) break; // it has become shorter
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await file.close();
  }
}

/** The text of a regular file in UTF-8. Throws as `readRegular` does. */
export async function readRegularText(
  path: string,
  { maximumBytes = mostTextBytes }: ReadOptions = {},
): Promise<string> {
  return (await readRegular(path, { maximumBytes })).toString("utf8");
}

/**
 * The content of a regular file of any size, in chunks that all lie in the same memory: each is there until the next one is
 * asked for. Throws as `readRegular` does.
 */
export async function* chunksOfRegular(path: string, length = 2 ** 16): AsyncGenerator<Buffer> {
  const { file } = await readAgain(() => openRegular(path));
  try {
    const memory = Buffer.allocUnsafeSlow(length);
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, length);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function openRegular(
  path: string,
): Promise<{ readonly file: FileHandle; readonly size: number }> {
  requireRegular(path, await stat(path)); // first, because opening a device can have effects
  // Without waiting for a writer, if a pipe has taken the file's place meanwhile. Windows has no such flag.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    requireRegular(path, stats);
    return { file, size: stats.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Throws UnreadableFileError if there is something else than a regular file at `path`, before a later reader opens it. A
 * missing file is left to that reader.
 */
export async function requireRegularFile(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats !== undefined) requireRegular(path, stats);
}

function requireRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  throw new UnreadableFileError(
    path,
    "a regular file",
    kindOf(stats),
    "Name a file, or put one in its place.",
  );
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

/** "1.5 GiB", "256 MiB", "84 bytes" */
function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}`;
  }
  return `${bytes} bytes`;
}
