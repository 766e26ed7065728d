/**
 * @file An event file of TensorBoard: scalars, images and histograms as records of `tensorflow.Event`.
 *
 * Fields and their numbers are those of event.proto, summary.proto and histogram.proto of TensorBoard 2.21. As in proto3,
 * what is zero is not written.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { record } from "./records.ts";

/** A histogram: how many values lie up to each limit, and above the one before. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** A PNG, its size in pixels, and how many numbers a pixel has: 3 are red, green and blue. */
export interface EventImage {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export type EventValue =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "image"; readonly image: EventImage }
  | { readonly kind: "histogram"; readonly histogram: Histogram };

/** One value of one step. TensorBoard groups tags by what is before the slash: "accuracy/test". */
export type TaggedValue = { readonly tag: string; readonly step: number } & EventValue;

/** The bytes of an event file. `time`: when it was measured, in seconds since 1970. */
export function eventFile(values: readonly TaggedValue[], time: number): Uint8Array {
  const version = event(time, 0).tag(3, WireType.LengthDelimited).string("brain.Event:2");
  const records = [version, ...values.map((value) => eventOf(value, time))].map((message) =>
    record(message.finish()),
  );
  return Buffer.concat(records);
}

/** By the colour type in a PNG's header: numbers per pixel. Colours of a palette are red, green and blue. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/** A PNG with what its header says. Throws a RangeError for bytes that are none. */
export function imageOf(png: Uint8Array): EventImage {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const channels = png.length > 25 ? channelsOf[view.getUint8(25)] : undefined;
  if (channels === undefined || view.getUint32(0) !== 0x89504e47) {
    throw new RangeError(`image: expected a PNG, got ${png.length} bytes of something else`);
  }
  return { png, width: view.getUint32(16), height: view.getUint32(20), channels };
}

const buckets = 30; // as many as TensorBoard shows

/** Of values that are finite numbers, one at least, in buckets of equal width. */
export function histogramOf(values: ArrayLike<number>): Histogram {
  let [min, max, total, sumOfSquares] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
    total += value;
    sumOfSquares += value * value;
  }
  if (!Number.isFinite(total) || values.length === 0) {
    throw new RangeError(
      `histogram: expected finite numbers, got ${values.length} with sum ${total}`,
    );
  }
  const about = { min, max, count: values.length, sum: total, sumOfSquares };
  if (min === max) return { ...about, limits: [max], counts: [values.length] };
  const width = (max - min) / buckets;
  const counts = Array.from({ length: buckets }, () => 0);
  for (let i = 0; i < values.length; i += 1) {
    counts[Math.min(buckets - 1, Math.floor((values[i]! - min) / width))]! += 1;
  }
  return {
    ...about,
    limits: counts.map((_, i) => (i === buckets - 1 ? max : min + width * (i + 1))),
    counts,
  };
}

/** tensorflow.Event with wall_time and step. */
function event(time: number, step: number): BinaryWriter {
  const writer = new BinaryWriter().tag(1, WireType.Bit64).double(time);
  return step === 0 ? writer : writer.tag(2, WireType.Varint).int64(step);
}

function eventOf({ tag, step, ...value }: TaggedValue, time: number): BinaryWriter {
  const summary = nested(event(time, step), 5);
  const tagged = nested(summary, 1).tag(1, WireType.LengthDelimited).string(tag);
  writeValue(tagged, value);
  return tagged.join().join();
}

/** The field of tensorflow.Summary.Value that holds the value. */
function writeValue(writer: BinaryWriter, value: EventValue): void {
  if (value.kind === "scalar") {
    writer.tag(2, WireType.Bit32).float(value.value); // of a oneof, so that zero is written as well
    return;
  }
  if (value.kind === "image") {
    const { png, width, height, channels } = value.image;
    nested(writer, 4).tag(1, WireType.Varint).int32(height).tag(2, WireType.Varint).int32(width);
    writer.tag(3, WireType.Varint).int32(channels);
    writer.tag(4, WireType.LengthDelimited).bytes(png).join();
    return;
  }
  const { min, max, count, sum, sumOfSquares, limits, counts } = value.histogram;
  nested(writer, 5);
  for (const [i, number] of [min, max, count, sum, sumOfSquares].entries()) {
    if (number !== 0) writer.tag(i + 1, WireType.Bit64).double(number);
  }
  for (const [i, numbers] of [limits, counts].entries()) {
    nested(writer, i + 6);
    for (const number of numbers) writer.double(number);
    writer.join();
  }
  writer.join();
}

/** Begins a field that is a message or a packed list; `join` ends it. */
const nested = (writer: BinaryWriter, field: number) =>
  writer.tag(field, WireType.LengthDelimited).fork();
