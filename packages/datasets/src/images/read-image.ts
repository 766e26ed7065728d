/**
 * @file Reads and decodes image files within bounds: regular files of a known format, so many bytes, pixels and
 * seconds. What Pillow reads is read, except what is cut short. The errors are reasons for messages of callers, which
 * name the file.
 */
import { crc32 } from "node:zlib";
import { readRegular, UnreadableFileError } from "@mvt/common/files";
import { fromCmyk } from "@mvt/core";
import type { Sharp, SharpOptions } from "sharp";
import type { Crop } from "../dataset.ts";
import { formatOf, type ImageFormat } from "./formats.ts";
import { continued, jpegComponents } from "./jpeg-stream.ts";
import { freePixels, mostPixels, mostSeconds, takePermit } from "./large-images.ts";
import { loadSharp } from "./sharp.ts";

/** A file of `mostPixels` without compression, 3 channels of 8 bits, and some more. */
const maximumBytes = 2 ** 29;

/** An image before it is resized: [height, width, channels]. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** What the decoder found amiss in a file that was read all the same. */
  readonly complaint?: string;
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
  const format = formatOf(bytes);
  const decode = async (limit: number) => decodeWhole(bytes, format, decoding, limit);
  const small = await decode(freePixels).catch((error: unknown) => {
    if (exceedsLimit(error)) return undefined;
    throw error;
  });
  if (small !== undefined) return use(small);
  const sharp = await loadSharp();
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (width * height > mostPixels) {
    throw new Error(`${width}x${height}${tooLarge}`);
  }
  const release = await takePermit();
  try {
    return use(await decode(mostPixels));
  } finally {
    release();
  }
}

const tooLarge = ` pixels, more than ${mostPixels}`;

/** Whether the reason why a file cannot be decoded is that it has too many pixels. */
export function isTooLarge(reason: string): boolean {
  return reason.endsWith(tooLarge);
}

/** sharp's error where an image has more pixels than `limitInputPixels`, found before they are decoded. */
function exceedsLimit(error: unknown): boolean {
  return error instanceof Error && error.message.includes("exceeds pixel limit");
}

/**
 * What libvips lets pass where a file does not pass as sound: its next level that still refuses a file without its end.
 * "truncated" is libjpeg's and libpng's; the other libraries report broken data only as an "error".
 */
const lenience: Readonly<Record<ImageFormat, "truncated" | "error">> = {
  JPEG: "truncated",
  PNG: "truncated",
  WebP: "error",
  GIF: "error",
  TIFF: "error",
  AVIF: "error",
};

/**
 * Decodes a sound file at once. If the decoder finds anything amiss, decodes leniently, as Pillow does, and throws for
 * what is cut short: a file that ends too early, or that ends well but has not the data of all its pixels.
 */
async function decodeWhole(
  bytes: Uint8Array,
  format: ImageFormat,
  decoding: Decoding,
  limit: number,
): Promise<Pixels> {
  const cmyk = await hasInks(bytes, format);
  const decode = (content: Uint8Array, failOn: FailOn) =>
    decodeAs(content, { ...decoding, cmyk }, failOn, limit);
  try {
    return await decode(bytes, "warning");
  } catch (error) {
    if (exceedsLimit(error)) throw error;
    if (format === "PNG" && !hasSoundHeader(bytes)) throw error;
    const pixels = await decode(bytes, lenience[format]).catch(() => {
      throw error;
    });
    if (format === "JPEG") {
      const more = await decode(continued(bytes), "none");
      if (Buffer.compare(more.data, pixels.data) !== 0) {
        throw new Error("cut short: its data end before its picture", { cause: error });
      }
    }
    return { ...pixels, complaint: firstLine(error) };
  }
}

/** Whether the size and the kind of pixels of a PNG are what its writer wrote. */
function hasSoundHeader(bytes: Uint8Array): boolean {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length >= 33 && crc32(header.subarray(12, 29)) === header.readUInt32BE(29);
}

/** Whether the pixels are cyan, magenta, yellow and black. */
async function hasInks(bytes: Uint8Array, format: ImageFormat): Promise<boolean> {
  if (format === "JPEG") return jpegComponents(bytes) === 4;
  if (format !== "TIFF") return false;
  const sharp = await loadSharp();
  const { space } = await sharp(bytes, { limitInputPixels: false }).metadata();
  return space === "cmyk";
}

type FailOn = NonNullable<SharpOptions["failOn"]>;

async function decodeAs(
  bytes: Uint8Array,
  { crop, flatten, cmyk }: Decoding & { readonly cmyk: boolean },
  failOn: FailOn,
  limitInputPixels: number,
): Promise<Pixels> {
  const sharp = await loadSharp();
  const upright = sharp(bytes, { failOn, ignoreIcc: true, limitInputPixels })
    .timeout({ seconds: mostSeconds })
    .autoOrient();
  const whole = crop ? await cropped(upright, crop) : upright;
  const coloured = cmyk
    ? whole.pipelineColourspace("cmyk").toColourspace("cmyk")
    : (flatten ? whole.flatten({ background: "black" }) : whole).toColourspace("srgb");
  const { data, info } = await coloured
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (!cmyk) return { data, width, height, channels };
  return { data: fromCmyk(data, channels), width, height, channels: 3 };
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
