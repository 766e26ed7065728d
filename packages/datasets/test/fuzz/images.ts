/** @file Images of every format, and how a format is told. */
import { decodeImageFile } from "@mvt/datasets";
import { fc, type FuzzTarget, sentenceOf, utf8, inFolder } from "@mvt/testing/fuzz";
import sharp from "sharp";
import { formatOf } from "../../src/images/formats.ts";

const [width, height, channels] = [24, 16, 3] as const;
const rgb = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256);
const encodings = ["jpeg", "png", "webp", "gif", "tiff", "avif"] as const;
const files = await Promise.all(
  encodings.map(async (format) =>
    Uint8Array.from(
      await sharp(rgb, { raw: { width, height, channels } }).toFormat(format).toBuffer(),
    ),
  ),
);

/** Beginnings of formats with any bytes behind them: a header that says something and has nothing to show. */
const headers = fc
  .tuple(
    fc.constantFrom(
      "\xff\xd8\xff\xe0",
      "\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03",
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x40\0\0\0\x40\0\x08\x02\0\0\0",
      "RIFF\xff\xff\xff\xffWEBPVP8L",
      "GIF89a\xff\xff\xff\xff\xf7\0\0",
      "II*\0\x08\0\0\0",
      "MM\0+\0\x08\0\0",
      "\0\0\0\x1cftypavif",
    ),
    fc.uint8Array({ maxLength: 64 }),
  )
  .map(([start, rest]) => Uint8Array.from([...Buffer.from(start, "latin1"), ...rest]));

export const imageTargets: readonly FuzzTarget[] = [
  {
    name: "image",
    seeds: files,
    structured: headers,
    parse: inFolder({}, "image", (folder) => decodeImageFile(`${folder}/image`)),
    refusesByReason: true,
    // An image of 134 million pixels, the largest that is decoded, takes up to 16 bytes for each: SECURITY.md.
    mostBytes: 3 * 2 ** 30,
  },
  {
    name: "format of an image",
    seeds: files,
    structured: fc.oneof(
      headers,
      sentenceOf(["<svg ", "%PDF", "BM", "<html>", "\0", "ftypheic"]).map(utf8),
    ),
    parse: formatOf,
    refusesByReason: true,
  },
];
