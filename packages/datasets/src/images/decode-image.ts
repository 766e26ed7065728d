/**
 * @file One picture, whatever its file format: to [S, S, 3] bytes of red, green, blue.
 *
 * Files are decoded by libvips (through sharp) to the same pixels as by Pillow, then resized as Pillow
 * resizes (`resizeBilinear` of @mvt/core). Grey is copied to the three channels; 16 bits become 8; CMYK becomes sRGB by
 * libvips' profile; transparency is flattened onto black; of an animation the first frame counts. A
 * picture is turned upright by its EXIF orientation, because a model of upright faces can make nothing of
 * the others (OpenCV turns it too, Pillow does not; the research sets' aligned faces carry no such tag).
 * An embedded colour profile is ignored, as Pillow and OpenCV ignore it. The format is known by the
 * content, whatever the name ends in.
 */
import { readFile } from "node:fs/promises";
import { resizeBilinear } from "@mvt/core";
import type { DecodedImage } from "@mvt/core";
import sharp, { type Sharp } from "sharp";
import type { Crop, ImageSource } from "../dataset.ts";

/** Part of the cache's key: what another version decodes may differ. */
export const decoderVersion = `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;

/** Which damage is an error. "warning" is what Pillow refuses too: cut short, or broken data in the middle. */
const failOn = "warning";

/** A picture before it is resized: [height, width, channels], 1 or 3 channels. */
interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly channels: number;
}

/**
 * Writes the picture into `target`, [S, S, 3].
 * Throws whatever Node or libvips says of a file that is missing, cut short, damaged or no picture.
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

/** Reads the picture and drops it: throws where `decodeImage` would, without the work of resizing. */
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
  return decodePicture(source.path, source.crop);
}

/** A picture of a file, or the part that `crop` covers, in its own size. Throws as `decodeImage` does. */
export async function decodePicture(path: string, crop?: Crop): Promise<DecodedImage> {
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

/** The part of an upright picture that `crop` covers. Throws where it covers none. */
export async function cropped(upright: Sharp, crop: Crop): Promise<Sharp> {
  const { autoOrient: size } = await upright.metadata();
  const left = Math.max(0, crop.left);
  const top = Math.max(0, crop.top);
  const width = Math.min(size.width, crop.left + crop.width) - left;
  const height = Math.min(size.height, crop.top + crop.height) - top;
  if (width < 1 || height < 1) {
    const box = `${crop.width}x${crop.height} at ${crop.left},${crop.top}`;
    throw new Error(`face box ${box} lies outside the picture of ${size.width}x${size.height}`);
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
