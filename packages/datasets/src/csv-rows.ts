/**
 * @file The rows of comma-separated values. Lines without quotation marks are cut at their commas here; from the first line
 * with one on, csv-parse reads the rest. csv-parse goes byte by byte, which takes long for the 300 MB of fer2013.csv. A test
 * compares the rows of both.
 */
import { pipeline } from "node:stream";
import { type Info, parse } from "csv-parse";

export interface CsvRow {
  readonly fields: readonly string[];
  /** Counted from 1, the header included. */
  readonly line: number;
}

/** Bytes of a row. Those of fer2013.csv have 9,000; a quotation mark that is never closed would take all memory. */
const maximumRowLength = 2 ** 20;

const [lineFeed, carriageReturn, quotationMark, comma] = [0x0a, 0x0d, 0x22, 0x2c];
const byteOrderMark = Buffer.from("\uFEFF");

/**
 * The rows of a text in UTF-8, in chunks of any length; the memory of one may be used again for the next. LF, CRLF and CR end
 * lines; a byte order mark and empty lines are passed over. Throws CsvError, whose message names the line.
 */
export async function* csvRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<CsvRow> {
  const source = chunks[Symbol.asyncIterator]();
  const join = joiner();
  /** A byte order mark, if there is one; undefined while that is not known. */
  let mark: Buffer | undefined;
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  try {
    for (let ended = false; !ended;) {
      const next = await source.next();
      ended = next.done === true;
      let text = next.done === true ? rest : join(rest, next.value);
      if (mark === undefined && (ended || text.length >= byteOrderMark.length)) {
        mark = byteOrderMark.equals(text.subarray(0, byteOrderMark.length))
          ? byteOrderMark
          : Buffer.alloc(0);
        text = text.subarray(mark.length);
      }
      const [lf, cr] = [finder(text, lineFeed), finder(text, carriageReturn)];
      const quoted = finder(text, quotationMark);
      if (mark === undefined) {
        rest = text;
        continue;
      }
      let at = 0;
      while (at < text.length) {
        const end = Math.min(lf(at), cr(at));
        if (quoted(at) < end || end - at >= maximumRowLength) {
          const before = line === 1 ? mark : Buffer.alloc(line - 1, lineFeed); // empty lines are counted
          yield* parsedRows([before, text.subarray(at)], source);
          return;
        }
        if (!ended && end + 1 >= text.length) break; // what follows a CR may be its LF
        if (end > at) yield { fields: fieldsOf(text.subarray(at, end)), line };
        at = end + (text[end] === carriageReturn && text[end + 1] === lineFeed ? 2 : 1);
        line += 1;
      }
      rest = text.subarray(at);
    }
  } finally {
    await source.return?.();
  }
}

/** Puts a chunk behind the rest of the one before, which this function gave, in memory that is used again and again. */
function joiner(): (rest: Buffer, chunk: Buffer) => Buffer {
  let memory = Buffer.alloc(0);
  return (rest, chunk) => {
    const length = rest.length + chunk.length;
    if (length > memory.length) memory = Buffer.allocUnsafeSlow(2 * length);
    memory.set(rest);
    memory.set(chunk, rest.length);
    return memory.subarray(0, length);
  };
}

/** Where a byte is at or behind a position, which never goes back; the length of the text if it is nowhere. */
function finder(text: Buffer, byte: number): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = text.indexOf(byte, from);
    if (found < 0) found = text.length;
    return found;
  };
}

/** Each is a string of its own: a part of a longer one would keep all of it in memory. */
function fieldsOf(row: Buffer): string[] {
  const fields: string[] = [];
  let at = 0;
  for (let end = row.indexOf(comma); end >= 0; end = row.indexOf(comma, at)) {
    fields.push(row.toString("utf8", at, end));
    at = end + 1;
  }
  fields.push(row.toString("utf8", at));
  return fields;
}

/** What csv-parse yields with `info: true`. */
interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

/** The rows of these parts and of what `source` has left, as csv-parse reads them. */
async function* parsedRows(
  parts: readonly Buffer[],
  source: AsyncIterator<Buffer>,
): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: maximumRowLength,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  const all = async function* () {
    yield* parts;
    // Copied, because the parser may ask for the next one before it has read one.
    for await (const chunk of { [Symbol.asyncIterator]: () => source }) yield Buffer.from(chunk);
  };
  pipeline(all, parser, () => {
    // A failure of either ends the loop below with its error.
  });
  for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
    yield { fields: record, line: info.lines };
  }
}
