import { readFileSync } from "node:fs";
import { decodeSafetensors, encodeSafetensors, openWeights } from "@mvt/core";
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

const wholeEntry = { dtype: "F32", shape: [1], data_offsets: [0, 4] };

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

  test("has a header of at most 4 MiB if it is another's", async () => {
    const header = `{${" ".repeat(2 ** 22)}}`;
    await expect(openWeights(withHeader(header), "deit.safetensors")).rejects.toMatchObject({
      finding: `deit.safetensors: expected a header of at most ${2 ** 22} bytes, got one that claims ${header.length} bytes`,
    });
  });

  test("has at most 20,000 arrays", () => {
    const names = Array.from({ length: 20_001 }, (_, i) => [
      `w${i}`,
      { dtype: "F32", shape: [0], data_offsets: [0, 0] },
    ]);
    const bytes = withHeader(JSON.stringify(Object.fromEntries(names)));
    expect(() => decodeSafetensors(bytes, "file")).toThrow(
      expect.objectContaining({ finding: "file: expected at most 20000 arrays, got 20001" }),
    );
  });

  test("is refused with names of a million characters, which are not shown", () => {
    const long = "x".repeat(1_000_000);
    const bytes = withHeader(JSON.stringify({ [long]: 1 }));
    expect(() => decodeSafetensors(bytes, "file")).toThrow(
      expect.objectContaining({
        finding: `file: expected names of at most 1000 characters, got one of 1000000: ${long.slice(0, 80)}...`,
      }),
    );
  });

  test("is refused without showing values of a million characters", () => {
    const long = "x".repeat(1_000_000);
    for (const header of [
      { w: long },
      { w: { ...wholeEntry, dtype: long } },
      { __metadata__: { a: [long] } },
    ]) {
      let message = "";
      try {
        decodeSafetensors(withHeader(JSON.stringify(header), 4), "file");
      } catch (error) {
        message = String(error);
      }
      expect(message).toMatch(/^WeightsError: file: expected .*x\.\.\./);
      expect(message.length).toBeLessThan(300);
    }
  });

  test("is refused with lists a million deep", () => {
    const header = `{"w":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`;
    expect(() => decodeSafetensors(withHeader(header), "file")).toThrow(
      expect.objectContaining({ name: "WeightsError" }),
    );
  });
});

describe("a hostile safetensors file", () => {
  interface Abuse {
    readonly what: string;
    readonly bytes: string;
    readonly reference: string | null;
  }
  const { files } = JSON.parse(
    readFileSync(new URL("golden/weights/safetensors-abuse.json", import.meta.url), "utf8"),
  ) as { readonly files: readonly Abuse[] };

  const open = ({ bytes }: Abuse) =>
    openWeights(new Uint8Array(Buffer.from(bytes, "base64")), "w.safetensors");

  test.for(files.filter(({ reference }) => reference !== null))(
    "is refused, as the reference library refuses it: $what",
    async (file) => {
      await expect(open(file)).rejects.toMatchObject({ name: "WeightsError" });
    },
  );

  test.for(files.filter(({ reference }) => reference === null))(
    "is read, as the reference library reads it: $what",
    async (file) => {
      expect(await open(file)).toMatchObject({ format: "safetensors" });
    },
  );

  test("may have no bytes that two arrays share", () => {
    const entries = { a: { ...wholeEntry }, b: { ...wholeEntry } };
    expect(() => decodeSafetensors(withHeader(JSON.stringify(entries), 4), "file")).toThrow(
      expect.objectContaining({
        finding:
          "file: expected arrays one right after another, so b from byte 4 on, got byte 0: bytes of another array",
      }),
    );
  });
});
