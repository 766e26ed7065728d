/**
 * @file Decodes one image of any of `imageFormats` to [S, S, 3] bytes of red, green, blue.
 *
 * libvips (through sharp) decodes files to the same pixels as Pillow. They are resized as Pillow resizes
 * (`resizeBilinear` of @mvt/core). Grey is copied to the three channels. 16 bits become 8. CMYK is converted
 * as Pillow does, without a profile. Transparency is flattened onto black. Of an animation the first frame is used. Images are
 * turned upright by their EXIF orientation, because models are trained on upright faces. (OpenCV turns them too,
 * Pillow does not; the aligned faces of research sets have no such tag.) An embedded colour profile is ignored,
 * as Pillow and OpenCV ignore it. What is refused is in `read-image.ts`.
 */
import { resizeBilinear } from "@mvt/core";
import type { DecodedImage } from "@mvt/core"; // an image as its file has it: data [height, width, channels]
import type { Crop, ImageSource } from "../dataset.ts";
import { requireUnchanged } from "./hashes.ts";
import { decodeBytes, type Pixels, readImageFile } from "./read-image.ts";

/**
 * Writes the image into `target`, [S, S, 3].
 * Throws a reason, without the file's name, for a file that is missing, no image of a known format, too large, cut short
 * or damaged; ChangedImageError for one that has not the content of the `hash`, if one is given.
 */
export async function decodeImage(
  source: ImageSource,
  size: number,
  target: Uint8Array,
  hash?: Uint8Array,
): Promise<void> {
  await withPixels(source, hash, ({ data, width, channels }) => {
    const resized = resizeBilinear(data, width, channels, size);
    if (channels === 1) spreadGrey(resized, target);
    else target.set(resized);
  });
}

/** Decodes the image and discards it. Throws if `decodeImage` would; nothing is resized. */
export async function tryImage(source: ImageSource, hash?: Uint8Array): Promise<void> {
  await withPixels(source, hash, () => {});
}

async function withPixels<Result>(
  source: ImageSource,
  hash: Uint8Array | undefined,
  use: (pixels: Pixels) => Result,
): Promise<Result> {
  if (source.kind === "pixels") {
    const { width, height, grey } = source;
    if (grey.length !== width * height) {
      throw new Error(`expected ${width} x ${height} pixels, got ${grey.length}`);
    }
    return use({ data: grey, width, height, channels: 1 });
  }
  const { path, crop } = source;
  const bytes = await readImageFile(path);
  if (hash) requireUnchanged(source, bytes, hash);
  return decodeBytes(bytes, { crop, flatten: true }, use);
}

/** An image file in its own size, or the part of it that `crop` covers. Throws as `decodeImage` does. */
export async function decodeImageFile(path: string, crop?: Crop): Promise<DecodedImage> {
  return withPixels({ kind: "file", path, ...(crop && { crop }) }, undefined, (pixels) => ({
    ...pixels,
    channels: pixels.channels as 1 | 3,
  }));
}

/** [S, S] -> [S, S, 3] */
function spreadGrey(grey: Uint8Array, target: Uint8Array): void {
  for (let i = 0, out = 0; i < grey.length; i += 1, out += 3) {
    const value = grey[i]!;
    target[out] = value;
    target[out + 1] = value;
    target[out + 2] = value;
  }
}

/** A copy to be sent to another thread. Pixels that are part of a whole table would be sent with the table. */
export function sendable(source: ImageSource): ImageSource {
  return source.kind === "pixels" ? { ...source, grey: source.grey.slice() } : source;
}
