/**
 * @file SHA-256 of the content of images. Made once when a command opens its data: the fingerprint of the data set, the
 * keys of the cache and the check of every later read use the same hashes.
 */
import { createHash } from "node:crypto";
import { sum } from "@mvt/common";
import { type Crop, type ImageSource, type SplitName, splitNames } from "../dataset.ts";
import type { Dataset } from "../datasets.ts";
import { DatasetError } from "../error.ts";

/** Bytes of one hash. */
export const hashLength = 32;

/**
 * [N * 32] the SHA-256 of each of N images, in memory that threads share. Zeros stand for an image that could not be read;
 * who decodes it finds out why.
 */
export type ImageHashes = Uint8Array<SharedArrayBuffer>;

/** The hashes of all images of a data set. */
export type DatasetHashes = Readonly<Record<SplitName, ImageHashes>>;

/** SHA-256 of an image: of its `bytes`, and of its size if they are plain pixels, or of its crop. */
export function hashImage(image: ImageSource, bytes: Uint8Array): Buffer {
  const hash = createHash("sha256");
  if (image.kind === "pixels") hash.update(`${image.width}x${image.height} `);
  else if (image.crop) hash.update(cropText(image.crop));
  return hash.update(bytes).digest();
}

/** "crop 10 20 100 100 " */
export function cropText(crop: Crop | undefined): string {
  return crop === undefined ? "" : `crop ${crop.left} ${crop.top} ${crop.width} ${crop.height} `;
}

/** The hashes of all splits, one split after another. */
export function joinHashes(hashes: DatasetHashes): ImageHashes {
  const parts = splitNames.map((split) => hashes[split]);
  const joined = new Uint8Array(new SharedArrayBuffer(sum(parts.map(({ length }) => length))));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The hashes of some rows, in their order. */
export function selectHashes(hashes: ImageHashes, rows: readonly number[]): ImageHashes {
  const selected = new Uint8Array(new SharedArrayBuffer(hashLength * rows.length));
  for (const [i, row] of rows.entries()) selected.set(hashOf(hashes, row), i * hashLength);
  return selected;
}

/** The hashes of the samples that are left of each split, in their order. */
export function hashesOfPart(
  { splits }: Pick<Dataset, "splits">,
  hashes: DatasetHashes,
  part: Pick<Dataset, "splits">,
): DatasetHashes {
  const selected: Partial<Record<SplitName, ImageHashes>> = {};
  for (const split of splitNames) {
    const left = new Set(part.splits[split]);
    const rows = [...splits[split].keys()].filter((row) => left.has(splits[split][row]!));
    selected[split] = selectHashes(hashes[split], rows);
  }
  return selected as DatasetHashes;
}

/** The hash of one row; zeros if the image could not be read. */
export function hashOf(hashes: Uint8Array, row: number): Uint8Array {
  return hashes.subarray(row * hashLength, (row + 1) * hashLength);
}

/** Whether the image of a row could be read. */
export function wasRead(hashes: Uint8Array, row: number): boolean {
  return hashOf(hashes, row).some((byte) => byte !== 0);
}

/** Whether all images could be read. */
export function allRead(hashes: Uint8Array): boolean {
  for (let row = 0; row < hashes.length / hashLength; row += 1) {
    if (!wasRead(hashes, row)) return false;
  }
  return true;
}

/** The file of an image has another content than when the command began. */
export class ChangedImageError extends Error {
  constructor() {
    super("it has another content than when the command began");
  }
}

/** What the user is told about such a file. */
export function changedError(name: string): DatasetError {
  return new DatasetError(
    `${name}: expected the image that was there when the command began, found another one`,
    {
      advice:
        "Leave the data set alone while it is in use. Put the image back, or repeat the command with --verify-data: with another image, its runs have other ids.",
    },
  );
}

/** Throws ChangedImageError unless `bytes` are what was hashed. */
export function requireUnchanged(image: ImageSource, bytes: Uint8Array, hash: Uint8Array): void {
  if (!hashImage(image, bytes).equals(hash)) throw new ChangedImageError();
}
