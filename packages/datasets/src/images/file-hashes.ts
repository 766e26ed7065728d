/**
 * @file SHA-256 of files, kept on disk from one command to the next. A file is read again only if its size, its times of
 * modification and of change, or its number on the disk (inode) are others than when it was hashed.
 *
 * The time of modification can be set to any value; the time of change is the system's own, and every write moves it. A
 * file that changed within two seconds before it was hashed is not kept: a later write could carry the same time.
 *
 * The table is never needed. One that is damaged or that cannot be read or written is done without.
 *
 * Layout: "mvt-hashes 1 <SHA-256 of the rest>", then per file a line "<hash> <size> <mtime> <ctime> <inode> <JSON of the key>".
 */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readRegular, writeWhole } from "@mvt/common/files";
import { isRefusal, type Notice, reasonOf } from "./cache.ts";

/** A file that is younger than this when it is hashed is not kept, in nanoseconds. */
const settlingTime = 2_000_000_000n;

export interface FileHashesOptions {
  /** Where tables are kept. */
  readonly cacheFolder: string;
  /** Read every file, whatever the table says; what is found replaces the table. */
  readonly verify?: boolean;
  readonly onNotice?: Notice;
}

/** The hashes of the files of one data set. */
export interface FileHashes {
  /**
   * `hash(path)`, or what it was when the file was as it is now. `use` tells apart several hashes of one file, such as of
   * different crops. Throws what `hash` throws.
   */
  readonly of: (path: string, use: string, hash: () => Promise<Buffer>) => Promise<Buffer>;
  /** Keeps what was found for the next command, if it can. */
  readonly keep: () => Promise<void>;
}

/** The known hashes of the files in `folder`. */
export async function openFileHashes(
  folder: string,
  { cacheFolder, verify = false, onNotice = () => {} }: FileHashesOptions,
): Promise<FileHashes> {
  const root = resolve(folder);
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const table = join(cacheFolder, `hashes-${name}.txt`);
  const known = verify ? new Map<string, string>() : await readTable(table);
  const found = new Map<string, string>();
  let read = 0;
  return {
    async of(path, use, hash) {
      const key = `${use} ${relative(root, path)}`;
      const now = BigInt(Date.now()) * 1_000_000n;
      const stamp = await stampOf(path);
      const before = known.get(key);
      if (stamp !== undefined && before?.slice(65) === stamp.text) {
        found.set(key, before);
        return Buffer.from(before.slice(0, 64), "hex");
      }
      const content = await hash();
      read += 1;
      if (stamp !== undefined && stamp.changed + settlingTime < now) {
        found.set(key, `${content.toString("hex")} ${stamp.text}`);
      }
      return content;
    },
    async keep() {
      if (found.size === 0 || (read === 0 && found.size === known.size)) return;
      try {
        await writeWhole(table, encode(found));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        onNotice(
          `${table}: the hashes of files cannot be kept there (${reasonOf(error)}); the next command reads the files again`,
        );
      }
    },
  };
}

/** What changes whenever the file does, and when that was, in nanoseconds; undefined where there is no file. */
async function stampOf(path: string) {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
    return { text: `${size} ${mtimeNs} ${ctimeNs} ${ino}`, changed: ctimeNs };
  } catch {
    return undefined; // whoever reads it says why
  }
}

const header = (body: string) =>
  `mvt-hashes 1 ${createHash("sha256").update(body).digest("hex")}\n`;

function encode(entries: ReadonlyMap<string, string>): string {
  const body = [...entries].map(([key, value]) => `${value} ${JSON.stringify(key)}\n`).join("");
  return header(body) + body;
}

/** By key: "<hash> <size> <mtime> <ctime> <inode>". Empty where there is no table, or a damaged one. */
async function readTable(path: string): Promise<ReadonlyMap<string, string>> {
  const entries = new Map<string, string>();
  const text = await readRegular(path).then(
    (bytes) => bytes.toString("utf8"),
    (error: unknown) => {
      if (isRefusal(error)) return "";
      throw error;
    },
  );
  const at = text.indexOf("\n") + 1;
  const body = text.slice(at);
  if (at === 0 || text.slice(0, at) !== header(body)) return entries;
  for (const line of body.trimEnd().split("\n")) {
    const quote = line.indexOf('"');
    if (quote > 0) entries.set(JSON.parse(line.slice(quote)) as string, line.slice(0, quote - 1));
  }
  return entries;
}
