/**
 * @file Reads the NumPy files of AffectNet's annotations. Each holds a single text.
 *
 * Format: numpy.lib.format, versions 1 to 3: "\x93NUMPY", two bytes of version, the header's length in
 * two bytes (version 1) or four, little endian; the header is a Python dictionary of descr, fortran_order
 * and shape. A descr of "<U2" is two code points of four bytes, little endian, filled up with zeros.
 */
import { shorten } from "@mvt/common";
import { DatasetError } from "../error.ts";

const magic = "\x93NUMPY";

/** Code points of a text. Labels have one or two. */
const longestText = 1000;

/** The text in a file of one text. Throws DatasetError for any other content. */
export function readNpyText(path: string, file: Uint8Array): string {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const refuse = (expected: string, found: string) =>
    new DatasetError(
      `${path}: expected ${expected}, found ${found}. Unpack the annotations of the data set again.`,
    );
  if (bytes.length === 0) throw refuse("a NumPy file", "0 bytes");
  if (bytes.length < 12 || bytes.toString("latin1", 0, magic.length) !== magic) {
    throw refuse("a NumPy file", "something else");
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw refuse("a NumPy file of version 1 to 3", `${version}`);
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  const header = bytes.toString("latin1", start, end);
  const [, order, length] = /'descr':\s*'([<>])U(\d+)'/.exec(header) ?? [];
  const [, shape] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  if (end > bytes.length || order === undefined || length === undefined || shape === undefined) {
    throw refuse("an array of text", `the header ${JSON.stringify(shorten(header.trim()))}`);
  }
  const elements = shape.split(",").reduce((n, side) => n * Number(side.trim() || 1), 1);
  if (elements !== 1) throw refuse("one text", `an array of shape (${shorten(shape)})`);
  if (Number(length) > longestText) {
    throw refuse(`a text of at most ${longestText} characters`, `one of ${shorten(length)}`);
  }
  const data = bytes.subarray(end);
  if (data.length !== 4 * Number(length)) {
    throw refuse(`${4 * Number(length)} bytes of text`, `${data.length}`);
  }
  const points = Array.from({ length: Number(length) }, (_, i) =>
    order === "<" ? data.readUInt32LE(4 * i) : data.readUInt32BE(4 * i),
  );
  const last = points.findLastIndex((point) => point !== 0);
  if (points.some((point) => point > 0x10ffff)) throw refuse("Unicode text", "other numbers");
  return String.fromCodePoint(...points.slice(0, last + 1));
}
