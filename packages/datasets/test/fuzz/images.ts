/** @file Images of every format, how a format is told, and the cache of decoded images. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeImageFile, decodeImages } from "@mvt/datasets";
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

/** Drawn faces from a table, whose decoded pixels are kept in a folder. */
const samples = [0, 1].map((i) => ({
  id: `face ${i}`,
  expression: "fear" as const,
  image: {
    kind: "pixels" as const,
    width: 4,
    height: 4,
    grey: new Uint8Array(16).fill(40 * i + 9),
  },
}));
const decodeInto = async (cacheFolder: string) =>
  (await decodeImages(samples, { size: 3, cacheFolder, threads: 0 })).pixels;

/** The name of the file in which they are kept, and its content. */
async function keptPixels() {
  const folder = await mkdtemp(join(tmpdir(), "cache-"));
  await decodeInto(folder);
  const [name = ""] = await readdir(folder);
  const content = Uint8Array.from(await readFile(join(folder, name)));
  await rm(folder, { recursive: true });
  return { name, content };
}
const kept = await keptPixels();

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
  {
    name: "decoded images",
    seeds: [kept.content],
    parse: inFolder({}, kept.name, decodeInto),
    checksum: true, // what is damaged is decoded again
  },
];
