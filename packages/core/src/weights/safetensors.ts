/**
 * @file Safetensors: named arrays in one file.
 *
 * Format: https://huggingface.co/docs/safetensors. Eight bytes of little-endian header length, a
 * JSON header {name: {dtype, shape, data_offsets}}, then the arrays' bytes. Only F32 is read and written.
 */
import { sizeOf } from "../tensor.ts";
import type { NdArray, Weights } from "./weights.ts";

/** A file of weights that cannot be used: what was expected, what came. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export interface Safetensors {
  readonly weights: Weights;
  /** Free text about the file, under the header's `__metadata__`. */
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
  for (const [
    name,
    {
      data_offsets: [start],
    },
  ] of entries) {
    const { data } = weights.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + padded + start);
  }
  return bytes;
}

/** Reads the bytes of a safetensors file; `source` names it in errors. */
export function decodeSafetensors(bytes: Uint8Array, source: string): Safetensors {
  const refuse = (expected: string, got: string) => {
    throw new WeightsError(`${source}: expected ${expected}, got ${got}`);
  };
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
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, body), source);
  const weights = new Map<string, NdArray>();
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [start, end],
    },
  ] of Object.entries(entries)) {
    if (dtype !== "F32") refuse(`F32 for ${name}`, dtype);
    if (end - start !== sizeOf(shape) * 4 || start < 0 || body + end > bytes.length) {
      refuse(`${sizeOf(shape) * 4} bytes inside the file for ${name}`, `bytes ${start} to ${end}`);
    }
    // Copied, because the file's bytes need not be aligned to four.
    const data = new Float32Array(new Uint8Array(bytes.subarray(body + start, body + end)).buffer);
    weights.set(name, { shape, data });
  }
  return { weights, metadata };
}

type Header = Readonly<Record<string, Entry>> & { readonly __metadata__?: Record<string, string> };

function parseHeader(json: Uint8Array, source: string): Header {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(json).toString("utf8"));
  } catch {
    throw new WeightsError(`${source}: expected a header of JSON, got something else`);
  }
  const isEntry = (entry: unknown) =>
    typeof entry === "object" &&
    entry !== null &&
    "dtype" in entry &&
    "shape" in entry &&
    "data_offsets" in entry &&
    isCounts(entry.shape) &&
    isCounts(entry.data_offsets) &&
    entry.data_offsets.length === 2;
  const wrong = Object.entries(header as object).find(
    ([name, entry]) => name !== "__metadata__" && !isEntry(entry),
  );
  if (wrong !== undefined) {
    throw new WeightsError(
      `${source}: expected dtype, shape and data_offsets for ${wrong[0]}, got ${JSON.stringify(wrong[1])}`,
    );
  }
  return header as Header;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
