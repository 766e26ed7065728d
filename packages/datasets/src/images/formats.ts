/**
 * @file The formats of images that are decoded. The content tells the format, whatever the name ends in, and nothing
 * else reaches the decoder: SVG is a program that draws, and can take any time and memory.
 */
/** What cameras and browsers write, and what the published data sets have in common with libvips: no BMP. */
export const imageFormats = ["JPEG", "PNG", "WebP", "GIF", "TIFF", "AVIF"] as const;
export type ImageFormat = (typeof imageFormats)[number];

/** How a file begins: texts of bytes as latin1, each at its offset. */
type Signature = readonly (readonly [offset: number, text: string])[];

const signatures: Readonly<Record<ImageFormat, readonly Signature[]>> = {
  JPEG: [[[0, "\xff\xd8\xff"]]],
  PNG: [[[0, "\x89PNG\r\n\x1a\n"]]],
  WebP: [
    [
      [0, "RIFF"],
      [8, "WEBP"],
    ],
  ],
  GIF: [[[0, "GIF87a"]], [[0, "GIF89a"]]],
  TIFF: ["II*\0", "MM\0*", "II+\0", "MM\0+"].map((text) => [[0, text]]), // both byte orders, also BigTIFF
  AVIF: ["avif", "avis"].map((brand) => [
    [4, "ftyp"],
    [8, brand],
  ]),
};

/** What users most often have in place of these; a regular expression over the first bytes, as latin1. */
const others: readonly (readonly [name: string, start: RegExp])[] = [
  ["SVG", /<svg[\s/>]/i],
  ["a web page", /^\s*<(?:!doctype html|html|head)/i],
  ["BMP", /^BM/],
  ["HEIC", /^.{4}ftyp(?:hei|hev|mif1|msf1)/s],
  ["PDF", /^%PDF/],
  ["a Git LFS pointer", /^version https:\/\/git-lfs/],
];

const startLength = 1024;

/** The format of an image file. Throws an Error that says what the content is, for a message about the file. */
export function formatOf(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new Error("0 bytes");
  const start = Buffer.from(bytes.subarray(0, startLength)).toString("latin1");
  const format = imageFormats.find((name) =>
    signatures[name].some((parts) => parts.every(([at, text]) => start.startsWith(text, at))),
  );
  if (format !== undefined) return format;
  const other = others.find(([, pattern]) => pattern.test(start))?.[0];
  const hex = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  throw new Error(
    `${other ?? `a file that begins with the bytes ${hex}`}, not ${imageFormats.slice(0, -1).join(", ")} or ${imageFormats.at(-1)}`,
  );
}
