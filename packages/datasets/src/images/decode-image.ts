/**
 * @file Decodes one image of any file format to [S, S, 3] bytes of red, green, blue.
 *
 * libvips (through sharp) decodes files to the same pixels as Pillow. They are resized as Pillow resizes
 * (`resizeBilinear` of @mvt/core). Grey is copied to the three channels. 16 bits become 8. CMYK becomes sRGB by
 * libvips' profile. Transparency is flattened onto black. Of an animation the first frame is used. Images are
 * turned upright by their EXIF orientation, because models are trained on upright faces. (OpenCV turns them too,
 * Pillow does not; the aligned faces of research sets have no such tag.) An embedded colour profile is ignored,
 * as Pillow and OpenCV ignore it. The format is recognised by the content, whatever the name ends in.
 */
import { readFile } from "node:fs/promises";
import { resizeBilinear } from "@mvt/core";
import type { DecodedImage } from "@mvt/core"; // an image as its file has it: data [height, width, channels]
import sharp, { type Sharp } from "sharp";
import type { Crop, ImageSource } from "../dataset.ts";

/** Part of the cache's key, because another version may decode to other pixels. */
export const decoderVersion = `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;

/** From which severity on damage is an error. "warning" is what Pillow refuses: files cut short, broken data. */
const failOn = "warning";

/** An image before it is resized: [height, width, channels], 1 or 3 channels. */
interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly channels: number;
}

/**
 * Writes the image into `target`, [S, S, 3].
 * Throws the error of Node or libvips for a file that is missing, cut short, damaged or no image.
 */
export async function decodeImage(
  source: ImageSource,
  size: number,
  target: Uint8Array,
): Promise<void> {
  const { data, width, channels } = await readPixels(source);
  const resized = resizeBilinear(data, width, channels, size);
  if (channels === 1) spreadGrey(resized, target);
  else target.set(resized);
}

/** Decodes the image and discards it. Throws if `decodeImage` would; nothing is resized. */
export async function tryImage(source: ImageSource): Promise<void> {
  await readPixels(source);
}

async function readPixels(source: ImageSource): Promise<Pixels> {
  if (source.kind === "pixels") {
    const { width, height, grey } = source;
    if (grey.length !== width * height) {
      throw new Error(`expected ${width} x ${height} pixels, got ${grey.length}`);
    }
    return { data: grey, width, channels: 1 };
  }
  return decodeImageFile(source.path, source.crop);
}

/** An image file in its own size, or the part of it that `crop` covers. Throws as `decodeImage` does. */
export async function decodeImageFile(path: string, crop?: Crop): Promise<DecodedImage> {
  const bytes = await readFile(path);
  if (bytes.length === 0) throw new Error("0 bytes");
  const upright = sharp(bytes, { failOn, ignoreIcc: true }).autoOrient();
  const { data, info } = await (crop ? await cropped(upright, crop) : upright)
    .flatten({ background: "black" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, data, channels: channels as 1 | 3 };
}

/** The part of an upright image that `crop` covers. Throws if it covers none. */
export async function cropped(upright: Sharp, crop: Crop): Promise<Sharp> {
  const { autoOrient: size } = await upright.metadata();
  const left = Math.max(0, crop.left);
  const top = Math.max(0, crop.top);
  const width = Math.min(size.width, crop.left + crop.width) - left;
  const height = Math.min(size.height, crop.top + crop.height) - top;
  if (width < 1 || height < 1) {
    const box = `${crop.width}x${crop.height} at ${crop.left},${crop.top}`;
    throw new Error(`face box ${box} lies outside the image of ${size.width}x${size.height}`);
  }
  return upright.extract({ left, top, width, height });
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

/** The first line of an error's message. libvips adds lines about other images that are decoded meanwhile. */
export function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0]!;
}

/** A copy to be sent to another thread. Pixels that are part of a whole table would be sent with the table. */
export function sendable(source: ImageSource): ImageSource {
  return source.kind === "pixels" ? { ...source, grey: source.grey.slice() } : source;
}
