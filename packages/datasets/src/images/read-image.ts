/**
 * @file Reads and decodes image files within bounds: regular files of a known format, so many bytes, pixels and
 * seconds. The errors are reasons for messages of callers, which name the file.
 */
import { readRegular, UnreadableFileError } from "@mvt/common/files";
import sharp, { type Sharp } from "sharp";
import type { Crop } from "../dataset.ts";
import { formatOf } from "./formats.ts";
import { freePixels, mostPixels, mostSeconds, takePermit } from "./large-images.ts";

/** Part of the cache's key, because another version may decode to other pixels. */
export const decoderVersion = `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;

/** From which severity on damage is an error. "warning" is what Pillow refuses: files cut short, broken data. */
const failOn = "warning";

/** A file of `mostPixels` without compression, 3 channels of 8 bits, and some more. */
const maximumBytes = 2 ** 29;

/** An image before it is resized: [height, width, channels]. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** How a file's pixels become those of an image. */
export interface Decoding {
  readonly crop: Crop | undefined;
  /** Transparency laid over black, so that channels are 1 or 3; else it is a channel. */
  readonly flatten: boolean;
}

/** The bytes of an image file. Throws Node's error for one that is missing. */
export async function readImageFile(path: string): Promise<Uint8Array> {
  try {
    return await readRegular(path, { maximumBytes });
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw new Error(error.reason, { cause: error }); // the caller's message has the path
  }
}

/**
 * What `use` makes of an image's pixels. Decoding and `use` count towards the memory that large images may take.
 * Throws for a file of another format, with too many pixels, cut short or damaged.
 */
export async function decodeBytes<Result>(
  bytes: Uint8Array,
  decoding: Decoding,
  use: (pixels: Pixels) => Result,
): Promise<Result> {
  formatOf(bytes);
  const small = await decode(bytes, decoding, freePixels).catch((error: unknown) => {
    if (isTooLarge(error)) return undefined;
    throw error;
  });
  if (small !== undefined) return use(small);
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (width * height > mostPixels) {
    throw new Error(`${width}x${height} pixels, more than ${mostPixels}`);
  }
  const release = await takePermit();
  try {
    return use(await decode(bytes, decoding, mostPixels));
  } finally {
    release();
  }
}

/** sharp's error where an image has more pixels than `limitInputPixels`, found before they are decoded. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.message.includes("exceeds pixel limit");
}

async function decode(
  bytes: Uint8Array,
  { crop, flatten }: Decoding,
  limitInputPixels: number,
): Promise<Pixels> {
  const upright = sharp(bytes, { failOn, ignoreIcc: true, limitInputPixels })
    .timeout({ seconds: mostSeconds })
    .autoOrient();
  const whole = crop ? await cropped(upright, crop) : upright;
  const { data, info } = await (flatten ? whole.flatten({ background: "black" }) : whole)
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** The part of an upright image that `crop` covers. Throws if it covers none. */
async function cropped(upright: Sharp, crop: Crop): Promise<Sharp> {
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

/** The first line of an error's message. libvips adds lines about other images that are decoded meanwhile. */
export function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0]!;
}
