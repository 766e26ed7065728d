/**
 * @file Safetensors: named arrays in one file.
 *
 * Format: https://huggingface.co/docs/safetensors. Eight bytes of little-endian header length, a
 * JSON header {name: {dtype, shape, data_offsets}}, then the arrays' bytes. Files are written in F32 only.
 */
import { isRecord, parseJson } from "@mvt/common";
import { sizeOf } from "../tensor.ts";
import { elementSizes, toFloat32 } from "./element.ts";
import type { ElementType } from "./element.ts";
import { refuserOf } from "./error.ts";
import type { Refuse } from "./error.ts";
import type { StoredArray, WeightsFile } from "./stored.ts";
import type { Weights } from "./weights.ts";

/** Element types by their name in the format. */
const elementTypes = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  F64: "float64",
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
  let offset = 0;
  const entries = [...weights].map(([name, { shape, data }]): [string, Entry] => {
    const start = offset;
    offset += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, offset] }];
  });
  const header = { __metadata__: metadata, ...Object.fromEntries(entries) };
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + offset).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  for (const [name, { data_offsets: offsets }] of entries) {
    const { buffer, byteOffset, byteLength } = weights.get(name)!.data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), 8 + padded + offsets[0]);
  }
  return bytes;
}

/** Reads the bytes of a safetensors file of F32; `source` is its name in errors. */
export function decodeSafetensors(bytes: Uint8Array, source: string): Safetensors {
  const { arrays, metadata } = openEntries(bytes, source, ["F32"]);
  return {
    weights: new Map([...arrays].map(([name, array]) => [name, array.load()])),
    metadata,
  };
}

/** Opens the bytes of a safetensors file. Arrays of any known element type are loaded as float32. */
export function openSafetensors(bytes: Uint8Array, source: string): WeightsFile {
  const { arrays } = openEntries(bytes, source, Object.keys(elementTypes));
  return { source, format: "safetensors", arrays, otherEntries: [] };
}

function openEntries(bytes: Uint8Array, source: string, dtypes: readonly string[]) {
  const refuse = refuserOf(source);
  if (bytes.length < 8) refuse("a safetensors file of at least 8 bytes", `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - 8)) {
    refuse(
      `a header of at most ${bytes.length - 8} bytes`,
      `one that claims ${headerLength} bytes`,
    );
  }
  const body = 8 + Number(headerLength);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, body), refuse);
  const arrays = new Map<string, StoredArray>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
    const [start, end] = offsets;
    if (!dtypes.includes(dtype)) refuse(`${dtypes.join(", ")} for ${name}`, dtype);
    const type = elementTypes[dtype as keyof typeof elementTypes]; // one of dtypes
    const size = sizeOf(shape) * elementSizes[type];
    if (end - start !== size || start < 0 || body + end > bytes.length) {
      refuse(`${size} bytes inside the file for ${name}`, `bytes ${start} to ${end}`);
    }
    const values = bytes.subarray(body + start, body + end);
    arrays.set(name, { type, shape, load: () => ({ shape, data: toFloat32(values, type) }) });
  }
  return { arrays, metadata };
}

type Header = Readonly<Record<string, Entry>> & { readonly __metadata__?: Record<string, string> };

function parseHeader(json: Uint8Array, refuse: Refuse): Header {
  const header = parseJson(Buffer.from(json).toString("utf8"));
  if (header === undefined) refuse("a header of JSON", "something else");
  if (!isRecord(header)) return refuse("a header of names and arrays", typeof header);
  const isEntry = (entry: unknown) =>
    isRecord(entry) &&
    typeof entry["dtype"] === "string" &&
    isCounts(entry["shape"]) &&
    isCounts(entry["data_offsets"]) &&
    entry["data_offsets"].length === 2;
  const wrong = Object.entries(header).find(
    ([name, entry]) => name !== "__metadata__" && !isEntry(entry),
  );
  if (wrong !== undefined) {
    const [name, entry] = wrong;
    refuse(`dtype, shape and data_offsets for ${name}`, JSON.stringify(entry).slice(0, 80));
  }
  return header as unknown as Header;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
