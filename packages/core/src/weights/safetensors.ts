/**
 * @file Safetensors: named arrays in one file.
 *
 * Format: https://huggingface.co/docs/safetensors. Eight bytes of little-endian header length, a
 * JSON header {name: {dtype, shape, data_offsets}}, then the arrays' bytes. Files are written in F32 only.
 */
import { isRecord, parseJson, shorten } from "@mvt/common";
import { sizeOf } from "../tensor.ts";
import { elementSizes, toFloat32 } from "./element.ts";
import type { ElementType } from "./element.ts";
import { refuserOf } from "./error.ts";
import type { Refuse } from "./error.ts";
import { maximumAxes, requireFew, requireName } from "./stored.ts";
import type { StoredArray, WeightsFile } from "./stored.ts";
import type { Weights } from "./weights.ts";

/** Element types by their name in the format. */
const elementTypes = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  F64: "float64",
  F8_E4M3: "float8e4m3",
  F8_E5M2: "float8e5m2",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
} as const satisfies Readonly<Record<string, ElementType>>;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export interface Safetensors {
  readonly weights: Weights;
  /** Texts about the file, from `__metadata__` of the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of a safetensors file. Arrays are aligned to 8 bytes, in the order of the map. */
export function encodeSafetensors(
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const parts = safetensorsParts(weights, metadata);
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * What `encodeSafetensors` joins: the header, then the bytes of every array. These are views of the arrays, so that
 * large weights can be written without a copy.
 */
export function safetensorsParts(
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] {
  let offset = 0;
  const entries = [...weights].map(([name, { shape, data }]): [string, Entry] => {
    const start = offset;
    offset += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, offset] }];
  });
  const header = { __metadata__: metadata, ...Object.fromEntries(entries) };
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const start = new Uint8Array(8 + padded).fill(0x20, 8);
  new DataView(start.buffer).setBigUint64(0, BigInt(padded), true);
  start.set(json, 8);
  const arrays = [...weights.values()].map(
    ({ data: { buffer, byteOffset, byteLength } }) =>
      new Uint8Array(buffer, byteOffset, byteLength),
  );
  return [start, ...arrays];
}

/** Of files of others, in bytes: 20,000 arrays need about 3 MiB, and each byte can take 50 while it is read. */
export const mostForeignHeader = 2 ** 22;

export interface DecodeOptions {
  /** A longer header is refused before it is read. Default: any that is in the file, for files of our own. */
  readonly mostHeaderBytes?: number;
}

/**
 * Reads the bytes of a safetensors file of F32; `source` is its name in errors. Throws WeightsError for a file that the
 * reference library refuses, and for other types, more arrays and longer names than a network has.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  source: string,
  { mostHeaderBytes }: DecodeOptions = {},
): Safetensors {
  const { arrays, metadata } = openEntries(bytes, source, { dtypes: ["F32"], mostHeaderBytes });
  return {
    weights: new Map([...arrays].map(([name, array]) => [name, array.load()])),
    metadata,
  };
}

/** Opens the bytes of a safetensors file. Arrays of any known element type are loaded as float32. */
export function openSafetensors(bytes: Uint8Array, source: string): WeightsFile {
  const dtypes = Object.keys(elementTypes);
  const { arrays } = openEntries(bytes, source, { dtypes, mostHeaderBytes: mostForeignHeader });
  return { source, format: "safetensors", arrays, otherEntries: [] };
}

interface Accepted {
  readonly dtypes: readonly string[];
  readonly mostHeaderBytes: number | undefined;
}

function openEntries(bytes: Uint8Array, source: string, { dtypes, mostHeaderBytes }: Accepted) {
  const refuse = refuserOf(source);
  if (bytes.length < 8) refuse("a safetensors file of at least 8 bytes", `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  const most = Math.min(bytes.length - 8, mostHeaderBytes ?? Infinity);
  if (headerLength > BigInt(most)) {
    refuse(`a header of at most ${most} bytes`, `one that claims ${headerLength} bytes`);
  }
  const body = 8 + Number(headerLength);
  const { entries, metadata } = parseHeader(bytes.subarray(8, body), refuse);
  const arrays = new Map<string, StoredArray>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of entries) {
    const [start, end] = offsets;
    if (!dtypes.includes(dtype)) refuse(`${dtypes.join(", ")} for ${name}`, shorten(dtype));
    if (shape.length > maximumAxes) {
      refuse(`at most ${maximumAxes} axes for ${name}`, `${shape.length}`);
    }
    const type = elementTypes[dtype as keyof typeof elementTypes]; // one of dtypes
    const size = sizeOf(shape) * elementSizes[type];
    if (end - start !== size || body + end > bytes.length) {
      refuse(`${size} bytes inside the file for ${name}`, `bytes ${start} to ${end}`);
    }
    const values = bytes.subarray(body + start, body + end);
    arrays.set(name, { type, shape, load: () => ({ shape, data: toFloat32(values, type) }) });
  }
  requireCovered(entries, bytes.length - body, refuse);
  return { arrays, metadata };
}

/**
 * The rule of the reference library: sorted by their offsets, arrays lie one right after another and fill the file. So no
 * bytes are read twice, which could take any memory, and none are hidden.
 */
function requireCovered(entries: Entries, length: number, refuse: Refuse): void {
  const sorted = entries
    .map(([name, { data_offsets: offsets }]) => ({ name, start: offsets[0], end: offsets[1] }))
    .toSorted((a, b) => a.start - b.start || a.end - b.end);
  let covered = 0;
  for (const { name, start, end } of sorted) {
    if (start !== covered) {
      const got = start < covered ? "bytes of another array" : "a gap before it";
      refuse(
        `arrays one right after another, so ${name} from byte ${covered} on`,
        `byte ${start}: ${got}`,
      );
    }
    covered = end;
  }
  if (covered !== length) {
    refuse(`${covered} bytes after the header, as its arrays need`, `${length}`);
  }
}

type Entries = readonly (readonly [name: string, Entry])[];

function parseHeader(json: Uint8Array, refuse: Refuse) {
  const header = parseJson(decodeUtf8(json, refuse));
  if (header === undefined) refuse("a header of JSON", "something else");
  if (!isRecord(header)) {
    return refuse("a header of names and arrays", Array.isArray(header) ? "a list" : typeof header);
  }
  const { __metadata__: metadata, ...rest } = header;
  const entries = Object.entries(rest);
  requireFew(entries.length, refuse);
  for (const [name, entry] of entries) {
    requireName(name, refuse);
    if (!isEntry(entry)) refuse(`dtype, shape and data_offsets for ${name}`, describe(entry));
  }
  return { entries: entries as unknown as Entries, metadata: requireTexts(metadata, refuse) };
}

function decodeUtf8(bytes: Uint8Array, refuse: Refuse): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("a header in UTF-8", "other bytes");
  }
}

function isEntry(entry: unknown): boolean {
  return (
    isRecord(entry) &&
    typeof entry["dtype"] === "string" &&
    isCounts(entry["shape"]) &&
    isCounts(entry["data_offsets"]) &&
    entry["data_offsets"].length === 2
  );
}

/** An entry that is none, for a message: the beginning of it. */
function describe(entry: unknown): string {
  try {
    return shorten(JSON.stringify(entry));
  } catch {
    return "lists in lists"; // too deep for JSON.stringify
  }
}

/** `__metadata__`: texts by name, or nothing. */
function requireTexts(metadata: unknown, refuse: Refuse): Readonly<Record<string, string>> {
  if (metadata === undefined || metadata === null) return {};
  if (!isRecord(metadata)) return refuse("texts by name under __metadata__", "something else");
  const wrong = Object.entries(metadata).find(([, text]) => typeof text !== "string");
  if (wrong !== undefined) {
    const [name, value] = wrong;
    refuse(`a text under ${shorten(name)} of __metadata__`, describe(value));
  }
  return metadata as Readonly<Record<string, string>>;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
