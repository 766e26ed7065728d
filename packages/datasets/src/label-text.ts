/** @file The text of label files: UTF-8, with any line ends. Another encoding is named, not guessed at. */
import { readRegular } from "@mvt/common/files";
import { DatasetError } from "./error.ts";

/** How a text file begins that is no UTF-8, and what it is called. */
const encodings: readonly (readonly [name: string, begins: (bytes: Uint8Array) => boolean])[] = [
  ["UTF-16", ([a, b]) => (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)],
  ["UTF-16 or binary data", (bytes) => bytes.subarray(0, 1024).includes(0)],
];

/** Throws DatasetError for a text whose first bytes show that it is not UTF-8. */
export function requireUtf8(path: string, start: Uint8Array): void {
  const found = encodings.find(([, begins]) => begins(start))?.[0];
  if (found !== undefined) throw notUtf8(path, found);
}

function notUtf8(path: string, found: string): DatasetError {
  return new DatasetError(
    `${path}: expected text in UTF-8, found ${found}. Save the file as UTF-8, for example with a text editor.`,
  );
}

/** Far more than the labels of the largest data set. */
const maximumBytes = 2 ** 28;

/**
 * The lines of a text in UTF-8, with or without a byte order mark, whichever of LF, CRLF and CR ends them. Throws
 * DatasetError for another encoding.
 */
export async function readLines(path: string): Promise<readonly string[]> {
  return (await readLabelText(path)).split(/\r\n|\n|\r/);
}

/** A text in UTF-8 without its byte order mark. Throws DatasetError for another encoding. */
export async function readLabelText(path: string): Promise<string> {
  const bytes = await readRegular(path, { maximumBytes });
  requireUtf8(path, bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(path, "bytes of another encoding, such as Latin-1");
  }
}
