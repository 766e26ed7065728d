/**
 * @file Which images could be decoded, kept on disk from one command to the next: by the SHA-256 of their content and crop,
 * so that an image whose file changes is decoded again, and copies of a data set share what is known.
 *
 * Layout: a line (see `kept-file.ts`), then the 32 bytes of each hash.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { hashLength } from "./hashes.ts";
import { keptFile, type Notice } from "./kept-file.ts";
import { decoderVersion } from "./sharp.ts";

/** Raise it if this package would refuse images that it read before. */
const formatVersion = 1;

/** Images that could be decoded, by their hashes. */
export interface ReadableImages {
  readonly has: (hash: Uint8Array) => boolean;
  /** Keeps these for the next command as well, if it can. */
  readonly keep: (hashes: readonly Uint8Array[]) => Promise<void>;
}

/** What this decoder has decoded so far, in all commands with this cache folder. */
export async function openReadable(folder: string, onNotice: Notice): Promise<ReadableImages> {
  const decoder = createHash("sha256").update(
    JSON.stringify([formatVersion, await decoderVersion()]),
  );
  const file = keptFile(join(folder, `readable-${decoder.digest("hex").slice(0, 16)}.bin`), {
    title: `mvt-readable ${formatVersion}`,
    what: "the hashes of images that could be decoded",
    without: "all images are decoded",
    onNotice,
  });
  const read = async () => keysIn((await file.read()) ?? new Uint8Array(0));
  const known = await read();
  return {
    has: (hash) => known.has(keyOf(hash)),
    async keep(hashes) {
      if (hashes.length === 0) return;
      const all = await read(); // others may have written meanwhile
      for (const hash of hashes) all.add(keyOf(hash));
      await file.write(Buffer.from([...all].join(""), "latin1"));
    },
  };
}

const keyOf = (hash: Uint8Array) =>
  Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString("latin1");

function keysIn(content: Uint8Array): Set<string> {
  const keys = new Set<string>();
  for (let at = 0; at + hashLength <= content.length; at += hashLength) {
    keys.add(keyOf(content.subarray(at, at + hashLength)));
  }
  return keys;
}
