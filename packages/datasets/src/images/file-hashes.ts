/**
 * @file SHA-256 of files, kept on disk from one command to the next. A file is read again only if its size, its times of
 * modification and of change, or its number on the disk (inode) are others than when it was hashed.
 *
 * The time of modification can be set to any value; the time of change is the system's own, and every write moves it. A
 * file that changed within a minute before it was hashed is not kept: a later write could carry the same time, and the
 * clock of a file server may differ from this machine's.
 *
 * What this does not see: a disk that gives back other bytes than were written; a clock that was set back; file systems
 * without times of change; a second write through a memory map before the first has reached the disk, since the system
 * moves the time only once. With `verify`, every file is read and compared.
 *
 * Several commands may write the table at once: each adds what it found to what is there by then, and what the last one
 * overwrites is read again.
 *
 * Layout: a line (see `kept-file.ts`), then per file a line "<content> <size> <mtime> <ctime> <inode> <key>". The content
 * is in hexadecimal digits, the key JSON of use and path.
 */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { listFirst } from "@mvt/common";
import { mapConcurrently } from "../concurrently.ts";
import { keptFile, type Notice } from "./kept-file.ts";

/** A file that is younger than this when it is hashed is not kept, in nanoseconds. */
const settlingTime = 60_000_000_000n;

const filesAtOnce = 16;

/** Files in a message. */
const named = 5;

export interface FileHashesOptions {
  /** Where tables are kept. */
  readonly cacheFolder: string;
  /** Read every file, whatever the table says; `onNotice` gets the names of those that are not what it says. */
  readonly verify?: boolean;
  readonly onNotice?: Notice;
}

/** What is known of one file. */
export interface FileLook {
  /** What it was when the file was as it is now. */
  readonly known?: Buffer;
  /** Remembers what it is, read after the look. */
  readonly learn: (content: Buffer) => void;
}

/** The hashes of the files of one data set, and other short facts that were read from them. */
export interface FileHashes {
  /** Looks a file up. `use` tells apart several facts of one file, such as the hashes of different crops. */
  readonly look: (path: string, use: string) => Promise<FileLook>;
  /** What is known of a file, else what `make` reads. Throws what `make` throws. */
  readonly of: (path: string, use: string, make: () => Promise<Buffer>) => Promise<Buffer>;
  /** Keeps what was found for the next command, if it can, and names the files that `verify` found changed. */
  readonly keep: () => Promise<void>;
}

/** The known hashes of the files in `folder`. */
export async function openFileHashes(
  folder: string,
  { cacheFolder, verify = false, onNotice = () => {} }: FileHashesOptions,
): Promise<FileHashes> {
  const root = resolve(folder);
  const start = `${folder}${sep}`;
  // `relative` takes longer than to ask the system for the file.
  const below = (path: string) =>
    path.startsWith(start) ? path.slice(start.length) : relative(root, path);
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const table = keptFile(join(cacheFolder, `hashes-${name}.txt`), {
    title: "mvt-hashes 2",
    what: "the hashes of files",
    without: "all files are read",
    onNotice,
  });
  const read = async () => entriesIn((await table.read())?.toString("utf8") ?? "");
  const known = await read();
  const found = new Map<string, Entry>();
  const changed: string[] = [];
  const stampOf = stamper();
  let learnt = 0;
  const look = async (path: string, use: string): Promise<FileLook> => {
    const key = JSON.stringify([use, below(path)]);
    const now = BigInt(Date.now()) * 1_000_000n;
    const stamp = await stampOf(path);
    const before = found.get(key) ?? known.get(key);
    const same = before !== undefined && before.stamp === stamp?.text;
    const isKnown = same && (!verify || found.has(key));
    if (isKnown) found.set(key, before);
    return {
      ...(isKnown && { known: Buffer.from(before.content, "hex") }),
      learn(content) {
        learnt += 1;
        const hex = content.toString("hex");
        if (same && before.content !== hex) changed.push(path);
        if (stamp !== undefined && stamp.changed + settlingTime < now) {
          found.set(key, { content: hex, stamp: stamp.text });
        }
      },
    };
  };
  return {
    look,
    async of(path, use, make) {
      const { known: content, learn } = await look(path, use);
      if (content !== undefined) return content;
      const made = await make();
      learn(made);
      return made;
    },
    async keep() {
      if (changed.length > 0) onNotice(changedLine(changed));
      if (learnt === 0 || found.size === 0) return;
      const others = [...(await read())].filter(([key]) => !found.has(key));
      const kept = await mapConcurrently(others, filesAtOnce, async ([key, { stamp }]) => {
        const [, path] = JSON.parse(key) as [string, string];
        return (await stampOf(resolve(root, path)))?.text === stamp;
      });
      await table.write(encode([...others.filter((_, i) => kept[i]), ...found]));
    },
  };
}

function changedLine(paths: readonly string[]): string {
  const files = paths.length === 1 ? "1 file has" : `${paths.length} files have`;
  return `${files} another content than when an earlier command read it, with the same size and times: ${listFirst(paths, named)}; what is there now is used. Check the disk`;
}

interface Entry {
  /** In hexadecimal digits. */
  readonly content: string;
  /** "<size> <mtime> <ctime> <inode>" */
  readonly stamp: string;
}

/** What changes whenever a file does. */
interface Stamp {
  readonly text: string;
  /** When the system saw the last change, in nanoseconds. */
  readonly changed: bigint;
}

/** Milliseconds that the system may take to answer from its memory. */
const quickAnswer = 0.1;

/**
 * Asks the system for stamps; undefined where there is no file, and whoever reads it says why. One question after another
 * costs a quarter of what many at once do, as long as the answers come from memory and not from a disk or a network.
 */
function stamper(): (path: string) => Promise<Stamp | undefined> {
  /** Share of slow answers among about the last twenty. */
  let slow = 0;
  const ask = async (path: string) => {
    if (slow > 0.5) return stat(path, { bigint: true });
    const start = performance.now();
    try {
      return statSync(path, { bigint: true });
    } finally {
      slow += 0.05 * (Number(performance.now() - start > quickAnswer) - slow);
    }
  };
  return async (path) => {
    try {
      const { size, mtimeNs, ctimeNs, ino } = await ask(path);
      return { text: `${size} ${mtimeNs} ${ctimeNs} ${ino}`, changed: ctimeNs };
    } catch {
      return undefined;
    }
  };
}

const encode = (entries: readonly (readonly [string, Entry])[]) =>
  entries.map(([key, { content, stamp }]) => `${content} ${stamp} ${key}\n`).join("");

/** By key. */
function entriesIn(text: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const key = text.indexOf("[", at);
    const stamp = text.indexOf(" ", at) + 1;
    entries.set(text.slice(key, end), {
      content: text.slice(at, stamp - 1),
      stamp: text.slice(stamp, key - 1),
    });
    at = end + 1;
  }
  return entries;
}
