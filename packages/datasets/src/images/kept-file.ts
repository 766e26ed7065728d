/**
 * @file A file that one command keeps for the next in the cache folder, with a checksum. It is never needed: one that is
 * damaged, or that cannot be read or written, is done without, and a notice says so.
 *
 * Layout: a line "<title> <SHA-256 of the rest>", then the rest.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { readRegular, removeLeftOvers, UnreadableFileError, writeWhole } from "@mvt/common/files";

/** Tells the user about a cache that is done without. */
export type Notice = (line: string) => void;

interface KeptFileOptions {
  /** "mvt-hashes 2": the format, with its version. */
  readonly title: string;
  /** "the hashes of files" */
  readonly what: string;
  /** What commands do without it: "the files are read again". */
  readonly without: string;
  readonly onNotice: Notice;
}

export interface KeptFile {
  /** The content; undefined if there is none, or none that can be used. */
  readonly read: () => Promise<Buffer | undefined>;
  /** Replaces it whole, if it can: of several commands that write at once, the last one wins. */
  readonly write: (content: string | Uint8Array) => Promise<void>;
}

export function keptFile(
  path: string,
  { title, what, without, onNotice }: KeptFileOptions,
): KeptFile {
  const header = (content: string | Uint8Array) =>
    `${title} ${createHash("sha256").update(content).digest("hex")}\n`;
  let said = false;
  return {
    async read() {
      const say = said ? () => {} : onNotice; // what is wrong is said once
      said = true;
      try {
        const bytes = await readRegular(path);
        const content = bytes.subarray(bytes.indexOf("\n") + 1);
        const found = bytes.toString("latin1", 0, bytes.length - content.length);
        if (found === header(content)) return content;
        say(`${path}: ${what} are damaged (their checksum differs); ${without}`);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const missing = ["ENOENT", "ENOTDIR"].includes(error.code ?? "");
        if (!missing) say(`${path}: ${what} cannot be read (${reasonOf(error)}); ${without}`);
      }
      return undefined;
    },
    async write(content) {
      try {
        await removeLeftOvers(dirname(path), { of: path });
        await writeWhole(
          path,
          Buffer.concat([header(content), content].map((part) => Buffer.from(part))),
        );
      } catch (error) {
        if (!isRefusal(error)) throw error;
        onNotice(
          `${path}: ${what} cannot be kept there (${reasonOf(error)}); with the next command ${without}`,
        );
      }
    },
  };
}

/** Whether the system refuses to open, read or write a file, or something else is in its place. */
export function isRefusal(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && ("code" in error || error instanceof UnreadableFileError);
}

/** "ENOSPC: no space left on device", without the call and the paths that Node adds. */
export function reasonOf(error: Error): string {
  return error instanceof UnreadableFileError ? error.reason : error.message.split(", ", 1)[0]!;
}
