/** @file The images that a command line names: files, and all images of folders. */
import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { reasonOf, UserError } from "@mvt/common";
import type { DecodedImage } from "@mvt/core";
import { decodeImageFile, picturesBelow } from "@mvt/datasets";
import type { NumberedFace } from "@mvt/faces";

export interface NamedImage {
  readonly path: string;
  /** Unique among all, without extension: where what belongs to the image is written. */
  readonly stem: string;
}

/**
 * Files in the order given, those of a folder (and of folders in it) by name.
 *
 * @param onLeftOut is told of the files of a folder that are no pictures; what systems leave beside data is passed by
 */
export async function findImages(
  paths: readonly string[],
  onLeftOut: (folder: string, names: readonly string[]) => void = () => {},
): Promise<readonly NamedImage[]> {
  const found: NamedImage[] = [];
  const taken = new Set<string>();
  const add = (path: string, name: string) => {
    const stem = name.slice(0, name.length - extname(name).length);
    let unique = stem;
    for (let count = 2; taken.has(unique); count += 1) unique = `${stem}-${count}`;
    taken.add(unique);
    found.push({ path, stem: unique });
  };
  for (const path of paths) {
    const entry = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new UserError(
        `${path}: expected an image or a folder, found one that may not be read (${error.code}). Give yourself permission to read it.`,
      );
    });
    if (entry === undefined) {
      throw new UserError(`${path}: expected an image or a folder, found nothing. Check the path.`);
    }
    if (!entry.isDirectory()) {
      add(path, basename(path));
      continue;
    }
    const { pictures: files, leftOut } = await picturesBelow(path);
    if (files.length === 0) {
      throw new UserError(
        `${path}: expected a folder with images, found no file that is one by its name or its content. Name the files themselves.`,
      );
    }
    for (const file of files) add(join(path, file), file);
    if (leftOut.other.length > 0) onLeftOut(path, leftOut.other);
  }
  return found;
}

export interface ReadImage extends NamedImage {
  readonly decoded: DecodedImage;
  /** Of a face in a photograph: where it is. */
  readonly face?: NumberedFace;
}

/** Images that are predicted together. */
const imagesPerPart = 32;

/** Decoded bytes after which a part ends: 2,000 images of 224 x 224, or one of 89 million pixels. */
const bytesPerPart = 2 ** 28;

/**
 * The images, decoded, a part after another, so that only one part need be in memory. An image that cannot be read is
 * left out, and `onUnreadable` is told of it.
 */
export async function* readInParts(
  images: readonly NamedImage[],
  onUnreadable: (path: string, reason: string) => void,
): AsyncGenerator<readonly ReadImage[]> {
  let part: ReadImage[] = [];
  let bytes = 0;
  for (const image of images) {
    const decoded = await readImage(image.path, onUnreadable);
    if (decoded === undefined) continue;
    part.push({ ...image, decoded });
    bytes += decoded.data.length;
    if (part.length < imagesPerPart && bytes < bytesPerPart) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

/** Decodes an image file. Undefined if it is damaged or no image. */
async function readImage(
  path: string,
  onUnreadable: (path: string, reason: string) => void,
): Promise<DecodedImage | undefined> {
  try {
    return await decodeImageFile(path);
  } catch (error) {
    onUnreadable(path, reasonOf(error).split("\n", 1)[0]!); // libvips adds lines
    return undefined;
  }
}
