/**
 * @file Keeps decoded images on disk, in one raw file per split. Of streamed images it keeps one line, which
 * says that all of them could be decoded.
 *
 * The file's name is the SHA-256 of everything that its pixels depend on. A changed image, size or decoder gives
 * another name, so nothing has to be invalidated. Stale files stay; the folder can be deleted at any time.
 *
 * Layout: a header of 128 bytes, "mvt-images 1 <key>" and a line feed padded with spaces, then the pixels,
 * [N, S, S, 3].
 */
import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeWhole } from "@mvt/common/files";
import { mapConcurrently } from "../concurrently.ts";
import type { Crop, Sample } from "../dataset.ts";
import { decoderVersion } from "./read-image.ts";

/** Raise it if this package would decode or resize to other pixels, or write another layout. */
const formatVersion = 1;
const headerLength = 128;

/** Node reads and writes at most 2 GiB - 1 at once. */
const most = 2 ** 30;

/** Files whose size and time of change are read at once. */
const filesAtOnce = 16;

export interface CacheFile {
  readonly path: string;
  readonly key: string;
}

/**
 * The cache file of these samples: of their pixels at a size, or of the record that they could be decoded.
 * Undefined if an image file is missing, which decoding reports.
 */
export async function cacheFile(
  folder: string,
  samples: readonly Sample[],
  size: number | "verified",
): Promise<CacheFile | undefined> {
  let states;
  try {
    states = await mapConcurrently(samples, filesAtOnce, describe);
  } catch {
    return undefined;
  }
  const hash = createHash("sha256");
  hash.update(JSON.stringify([formatVersion, decoderVersion, size, states]));
  for (const { image } of samples) if (image.kind === "pixels") hash.update(image.grey);
  const key = hash.digest("hex");
  return { path: join(folder, `images-${size}-${key.slice(0, 16)}.bin`), key };
}

async function describe({ id, image }: Sample): Promise<readonly (string | number)[]> {
  if (image.kind === "pixels") return [id, image.width, image.height, image.grey.length];
  const { size, mtimeNs } = await stat(image.path, { bigint: true });
  return [id, resolve(image.path), String(size), String(mtimeNs), ...boxOf(image)];
}

/** The four numbers of a crop; none without a crop. */
const boxOf = ({ crop }: { readonly crop?: Crop }) =>
  crop ? [crop.left, crop.top, crop.width, crop.height] : [];

const header = (key: string) =>
  Buffer.from(`mvt-images ${formatVersion} ${key}\n`.padEnd(headerLength));

/** Fills `pixels` from the file. False if the file is missing, cut short or another one; `pixels` are then undefined. */
export async function readCache({ path, key }: CacheFile, pixels: Uint8Array): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    if ((await file.stat()).size !== headerLength + pixels.length) return false;
    const found = Buffer.alloc(headerLength);
    await file.read(found, 0, headerLength, 0);
    if (!found.equals(header(key))) return false;
    let at = 0;
    while (at < pixels.length) {
      const length = Math.min(most, pixels.length - at);
      const { bytesRead } = await file.read(pixels, at, length, headerLength + at);
      if (bytesRead === 0) return false;
      at += bytesRead;
    }
    return true;
  } finally {
    await file.close();
  }
}

/** Whether the record of `recordVerified` is there. */
export async function isVerified({ path, key }: CacheFile): Promise<boolean> {
  const found = await readFile(path).catch(() => undefined);
  return found?.equals(header(key)) ?? false;
}

/** Records that all images of the key could be decoded. */
export async function recordVerified({ path, key }: CacheFile): Promise<void> {
  await writeSynced(path, (file) => file.writeFile(header(key)));
}

/** Writes the pixels after their header. */
export async function writeCache({ path, key }: CacheFile, pixels: Uint8Array): Promise<void> {
  await writeSynced(path, async (file) => {
    await file.write(header(key), 0, headerLength, 0);
    let at = 0;
    while (at < pixels.length) {
      const length = Math.min(most, pixels.length - at);
      const { bytesWritten } = await file.write(pixels, at, length, headerLength + at);
      at += bytesWritten;
    }
  });
}

/** Writes a file whole. It is on disk before it gets its name, so that a loss of power leaves no damaged file. */
async function writeSynced(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await makeWhole(path, async (temporary) => {
    const file = await open(temporary, "wx");
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}
