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

/**
 * What users most often have in place of these; a regular expression over the first bytes, as latin1. Pictures that
 * cannot be decoded are told from what is no picture.
 */
const others: readonly {
  readonly name: string;
  readonly start: RegExp;
  readonly picture: boolean;
}[] = [
  {
    name: "a web page",
    start: /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head)/i,
    picture: false,
  },
  {
    name: "SVG",
    start: /^(?:\xef\xbb\xbf)?\s*(?:<[?!].*)?<svg[\s/>]/is,
    picture: true,
  },
  { name: "BMP", start: /^BM.{4}\0{4}/s, picture: true },
  { name: "HEIC", start: /^.{4}ftyp(?:hei|hev|mif1|msf1)/s, picture: true },
  { name: "JPEG XL", start: /^(?:\xff\n|.{4}JXL )/s, picture: true },
  { name: "JPEG 2000", start: /^(?:\xff\x4f\xff\x51|.{4}jP {2}\r)/s, picture: true },
  { name: "a Photoshop file", start: /^8BPS/, picture: true },
  { name: "PGM or PPM", start: /^P[1-6]\s+\d+\s+\d+\s/, picture: true },
  { name: "PDF", start: /^%PDF/, picture: false },
  { name: "a ZIP archive", start: /^PK[^ -~]{2}/, picture: false },
  { name: "a Git LFS pointer", start: /^version https:\/\/git-lfs/, picture: false },
];

/** How many of a file's first bytes tell what it is. */
export const startLength = 1024;

/** "JPEG, PNG, WebP, GIF, TIFF or AVIF". */
export const decodableFormats = `${imageFormats.slice(0, -1).join(", ")} or ${imageFormats.at(-1)}`;

const startOf = (bytes: Uint8Array) =>
  Buffer.from(bytes.subarray(0, startLength)).toString("latin1");

function decodableFormat(start: string): ImageFormat | undefined {
  return imageFormats.find((name) =>
    signatures[name].some((parts) => parts.every(([at, text]) => start.startsWith(text, at))),
  );
}

/** The format of an image file. Throws an Error that says what the content is, for a message about the file. */
export function formatOf(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new Error("0 bytes");
  const start = startOf(bytes);
  const format = decodableFormat(start);
  if (format !== undefined) return format;
  const other = others.find((each) => each.start.test(start))?.name;
  const hex = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  throw new Error(
    `${other ?? `a file that begins with the bytes ${hex}`}, not ${decodableFormats}`,
  );
}

/** Whether the content of a file is a picture, in a format that can be decoded or in another one. */
export function isPicture(bytes: Uint8Array): boolean {
  const start = startOf(bytes);
  if (decodableFormat(start) !== undefined) return true;
  return others.find((each) => each.start.test(start))?.picture ?? false;
}

/** Whether the reason why a file cannot be decoded is that it is in another format, as `formatOf` says it. */
export function isOtherFormat(reason: string): boolean {
  return reason.endsWith(`not ${decodableFormats}`);
}
