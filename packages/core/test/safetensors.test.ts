import { decodeSafetensors, encodeSafetensors } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { describe, expect, test } from "vitest";

const weights: Weights = new Map([
  ["a", { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, NaN) }],
  ["b.c", { shape: [], data: Float32Array.of(7) }],
  ["empty", { shape: [0], data: new Float32Array() }],
]);

const withHeader = (header: string, body = 0) => {
  const bytes = new Uint8Array(8 + header.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(Buffer.from(header), 8);
  return bytes;
};

describe("a safetensors file", () => {
  test("gives back the names, shapes, values and metadata it was made from", () => {
    const { weights: read, metadata } = decodeSafetensors(
      encodeSafetensors(weights, { by: "a test" }),
      "file",
    );
    expect(read).toEqual(weights);
    expect(metadata).toEqual({ by: "a test" });
  });

  test("is read from any place in memory", () => {
    const bytes = encodeSafetensors(weights);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeSafetensors(shifted.subarray(3), "file").weights).toEqual(weights);
  });

  const entry = (fields: object) =>
    JSON.stringify({ w: { dtype: "F32", shape: [1], data_offsets: [0, 4], ...fields } });
  const damaged: Readonly<Record<string, Uint8Array>> = {
    "file: expected a safetensors file of at least 8 bytes, got 3 bytes": new Uint8Array(3),
    "file: expected a header of at most 0 bytes, got one that claims 1152921504606846976 bytes":
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16),
    "file: expected a header of JSON, got something else": withHeader("{nonsense"),
    'file: expected dtype, shape and data_offsets for w, got {"dtype":"F32"}':
      withHeader('{"w":{"dtype":"F32"}}'),
    "file: expected F32 for w, got BF16": withHeader(entry({ dtype: "BF16" }), 4),
    "file: expected 4 bytes inside the file for w, got bytes 0 to 8": withHeader(
      entry({ data_offsets: [0, 8] }),
      8,
    ),
    "file: expected 4 bytes inside the file for w, got bytes 4 to 8": withHeader(
      entry({ data_offsets: [4, 8] }),
      4,
    ),
  };
  for (const [finding, bytes] of Object.entries(damaged)) {
    test(`is refused when damaged: ${finding}`, () => {
      expect(() => decodeSafetensors(bytes, "file")).toThrow(
        expect.objectContaining({ name: "WeightsError", finding }),
      );
    });
  }
});
