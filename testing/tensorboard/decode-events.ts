/** @file Decodes event files for tests: the records of TFRecord, and in them the fields of tensorflow.Event. */
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** One value; which of the last three it has says what it is. */
export interface DecodedValue {
  readonly tag: string;
  readonly step: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly scalar?: number;
  readonly png?: Uint8Array;
  readonly histogram?: DecodedHistogram;
}

interface DecodedHistogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** Every value of an event file, in its order. Checksums are not compared. */
export function decodeEvents(bytes: Uint8Array): readonly DecodedValue[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: DecodedValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = Number(view.getBigUint64(at, true)); // then its checksum, the data, and their checksum
    if (at + 16 + length > bytes.length) {
      throw new RangeError(`record at ${at}: expected ${length} bytes and a checksum, got fewer`);
    }
    values.push(...decodeEvent(bytes.subarray(at + 12, at + 12 + length)));
    at += 16 + length;
  }
  return values;
}

type Read = (reader: BinaryReader) => void;

/** Reads a message's fields by their numbers; others are skipped. */
function readFields(bytes: Uint8Array, fields: Readonly<Record<number, Read>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (fields[number]) fields[number](reader);
    else reader.skip(wireType);
  }
}

function decodeEvent(event: Uint8Array): readonly DecodedValue[] {
  let [time, step] = [0, 0];
  const values: Omit<DecodedValue, "step" | "time">[] = [];
  const summary: Read = (reader) =>
    readFields(reader.bytes(), { 1: (inner) => void values.push(decodeValue(inner.bytes())) });
  readFields(event, {
    1: (reader) => (time = reader.double()),
    2: (reader) => (step = Number(reader.int64())),
    5: summary,
  });
  return values.map((value) => ({ ...value, step, time }));
}

function decodeValue(value: Uint8Array): Omit<DecodedValue, "step" | "time"> {
  const decoded: { -readonly [Key in keyof DecodedValue]?: DecodedValue[Key] } = {};
  readFields(value, {
    1: (reader) => (decoded.tag = reader.string()),
    2: (reader) => (decoded.scalar = reader.float()),
    4: (reader) => readFields(reader.bytes(), { 4: (image) => (decoded.png = image.bytes()) }),
    5: (reader) => (decoded.histogram = decodeHistogram(reader.bytes())),
  });
  return { tag: "", ...decoded };
}

function decodeHistogram(bytes: Uint8Array): DecodedHistogram {
  const numbers = [0, 0, 0, 0];
  const lists: [number[], number[]] = [[], []];
  const number = (i: number): Read => {
    return (reader) => (numbers[i] = reader.double());
  };
  const list = (i: 0 | 1): Read => {
    return (reader) => {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) lists[i].push(packed.double());
    };
  };
  readFields(bytes, {
    1: number(0),
    2: number(1),
    3: number(2),
    4: number(3),
    6: list(0),
    7: list(1),
  });
  const [min, max, count, sum] = numbers as [number, number, number, number];
  const [limits, counts] = lists;
  return { min, max, count, sum, limits, counts };
}
