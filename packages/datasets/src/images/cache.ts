/**
 * @file Keeps decoded images on disk, in one raw file per split.
 *
 * The file's name is the SHA-256 of everything that its pixels depend on: the content of every image, its crop, the
 * size and the decoder. So nothing has to be invalidated, and a copy of a data set has the same file. Stale files
 * stay; the folder can be deleted at any time.
 *
 * A cache is never needed. One that is damaged, that cannot be read or that cannot be written is done without, and
 * a notice says so.
 *
 * Layout: a header of 256 bytes, "mvt-images 3 <key> <SHA-256 of the pixels>" and a line feed padded with spaces, then
 * the pixels, [N, S, S, 3].
 */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { makeWhole, readAgain, removeLeftOvers, requireRegularFile } from "@mvt/common/files";
import type { ImageHashes } from "./hashes.ts";
import { isRefusal, type Notice, reasonOf } from "./kept-file.ts";
import { decoderVersion } from "./sharp.ts";

/** Raise it if this package would decode or resize to other pixels, or write another layout. */
const formatVersion = 3;
const headerLength = 256;

/** Bytes that are read or written at once: while one part is read, the one before is hashed. */
const partLength = 2 ** 24;

/** The decoded images of one split. */
export interface ImageCache {
  /** Fills `pixels`. False if there are none, or none that can be used; `pixels` are then undefined. */
  readonly read: (pixels: Uint8Array) => Promise<boolean>;
  /** Writes them if it can, and clears what killed processes left in the folder. */
  readonly write: (pixels: Uint8Array) => Promise<void>;
}

/** The cache of the pixels, at a size, of the images with these hashes. */
export async function openCache(
  folder: string,
  hashes: ImageHashes,
  size: number,
  onNotice: Notice = () => {},
): Promise<ImageCache> {
  const about = JSON.stringify([formatVersion, await decoderVersion(), size]);
  const key = createHash("sha256").update(about).update(hashes).digest("hex");
  const path = join(folder, `images-${size}-${key.slice(0, 16)}.bin`);
  return {
    async read(pixels) {
      try {
        const damage = await readAgain(() => readPixels(path, key, pixels));
        if (damage === undefined) return true;
        onNotice(`${path}: decoded images are damaged (${damage}); they are decoded again`);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const missing = ["ENOENT", "ENOTDIR"].includes(error.code ?? "");
        if (!missing)
          onNotice(
            `${path}: decoded images cannot be read (${reasonOf(error)}); they are decoded again`,
          );
      }
      return false;
    },
    async write(pixels) {
      try {
        await removeLeftOvers(folder);
        await writePixels(path, key, pixels);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        onNotice(
          `${folder}: decoded images cannot be kept there (${reasonOf(error)}); the next command decodes them again`,
        );
      }
    },
  };
}

const header = (key: string, sha256: string) =>
  Buffer.from(`mvt-images ${formatVersion} ${key} ${sha256}\n`.padEnd(headerLength));

/** Fills `pixels` from a file. Returns what is wrong with the file, if something is. Throws where it cannot be read. */
async function readPixels(
  path: string,
  key: string,
  pixels: Uint8Array,
): Promise<string | undefined> {
  await requireRegularFile(path);
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { size } = await file.stat();
    const expected = headerLength + pixels.length;
    if (size !== expected) return `${size} bytes, expected ${expected}`;
    const found = Buffer.alloc(headerLength);
    await file.read(found, 0, headerLength, 0);
    const hash = createHash("sha256");
    let [at, hashed] = [0, 0];
    while (at < pixels.length) {
      const length = Math.min(partLength, pixels.length - at);
      const reading = file.read(pixels, at, length, headerLength + at);
      hash.update(pixels.subarray(hashed, at));
      hashed = at;
      const { bytesRead } = await reading;
      if (bytesRead === 0) return "it has become shorter";
      at += bytesRead;
    }
    const sha256 = hash.update(pixels.subarray(hashed)).digest("hex");
    return found.equals(header(key, sha256)) ? undefined : "their checksum differs";
  } finally {
    await file.close();
  }
}

/** Writes a file whole. It is on disk before it gets its name, so that a loss of power leaves no damaged file. */
async function writePixels(path: string, key: string, pixels: Uint8Array): Promise<void> {
  await makeWhole(path, async (temporary) => {
    const file = await open(temporary, "wx");
    try {
      const hash = createHash("sha256");
      let at = 0;
      while (at < pixels.length) {
        const length = Math.min(partLength, pixels.length - at);
        const { bytesWritten } = await file.write(pixels, at, length, headerLength + at);
        hash.update(pixels.subarray(at, at + bytesWritten));
        at += bytesWritten;
      }
      await file.write(header(key, hash.digest("hex")), 0, headerLength, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}
