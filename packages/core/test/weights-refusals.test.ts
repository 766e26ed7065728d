/** @file Files that are no weights, or damaged, or made to do harm: each refused with its reason. */
import { openWeights, random, WeightsError } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { checkpoint, dictionary, join, storage, tensor, uint32 } from "./support/pickle.ts";
import { load, expectRefusal } from "./support/refusal.ts";
import { bytesOf } from "./support/weights.ts";

const utf8 = (value: string) => new Uint8Array(Buffer.from(value));

describe("a file of weights in another format is refused by its name", () => {
  test.each([
    [
      "HDF5",
      [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a],
      "got an HDF5 file, as Keras writes it",
    ],
    ["gzip", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], "got a file packed by gzip"],
  ])("%s", async (_, bytes, message) => {
    expect(await expectRefusal(Uint8Array.from(bytes))).toContain(message);
  });
});

describe("a file that is no file of weights is refused", () => {
  const html = "\n<!DOCTYPE html><html><head><title>Sign in</title></head></html>";
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"ab".repeat(32)}\nsize 88000000\n`;
  test.each([
    ["an empty file", "", "expected a file of weights, got an empty file"],
    ["a web page", html, "expected a file of weights, got a web page"],
    ["a Git LFS pointer", pointer, "got a Git LFS pointer to one"],
    ["a text", "hello, world", "got a file that begins with the bytes 68656c6c"],
    ["a file of language models", "GGUF\u0003\0\0\0", "got a GGUF file"],
  ])("%s", async (_, content, reason) => {
    expect(await expectRefusal(utf8(content), "deit.pth")).toMatch(
      new RegExp(`^deit.pth: .*${reason}$`),
    );
  });

  test("a zip archive of something else", async () => {
    const bytes = Buffer.from(bytesOf("zip.pth"));
    const renamed = Buffer.from(
      bytes.toString("latin1").replaceAll("data.pkl", "data.txt"),
      "latin1",
    );
    expect(await expectRefusal(new Uint8Array(renamed))).toMatch(
      /^file: expected an archive of torch.save, with data.pkl, got one with zip\/data.txt, /,
    );
  });
});

describe("memory is not taken for what a file only claims", () => {
  const huge = 2 ** 31 - 1;
  const header = (claim: bigint) =>
    join(new Uint8Array(BigUint64Array.of(claim).buffer), utf8('{"cls_token":{}}'));
  /** The zip64 end of the central directory lies 98 bytes before the end, and its count 32 further. */
  const manyEntries = () => {
    const bytes = bytesOf("zip.pth");
    new DataView(bytes.buffer).setBigUint64(bytes.length - 98 + 32, 10n ** 9n, true);
    return bytes;
  };
  const of = (key: string, count: number, size: number[], stride: number[]) =>
    checkpoint(dictionary(key, tensor(storage(count), { size, stride })));
  test.each([
    [
      "a safetensors header of 2^60 bytes",
      header(2n ** 60n),
      "one that claims 1152921504606846976 bytes",
    ],
    [
      "a zip entry that unpacks to 16 MiB",
      bytesOf("bomb.pth"),
      "compressed or encrypted, of 16777216 bytes",
    ],
    ["a zip archive of 10^9 entries", manyEntries(), "entries in the archive, got 1000000000"],
    ["a storage of 2^31 numbers", of("x", huge, [huge], [1]), "bytes for storage 0, got 16"],
    ["a text of 4 GiB", checkpoint([0x58, ...uint32(2 ** 32 - 1)]), "one of 4294967295 bytes"],
    [
      "a tensor of 10^18 equal numbers",
      of("cls_token", 4, [1e9, 1e9], [0, 0]),
      "expected a tensor of at most 1048576 elements that repeats those of its storage",
    ],
    [
      "position embeddings on a grid of 30,000 x 30,000",
      of("pos_embed", 4, [1, 900_000_001, 8], [0, 0, 0]),
      "expected a tensor of at most 1048576 elements that repeats those of its storage",
    ],
    [
      "a pickle that never ends",
      checkpoint(new Uint8Array(2_000_000).fill(0x4e)),
      "a pickle of at most 1000000 steps",
    ],
  ])("%s", async (_, bytes, reason) => {
    const before = process.resourceUsage().maxRSS;
    expect(await expectRefusal(bytes)).toContain(reason);
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100); // MiB
  });
});

describe("an archive", () => {
  test("that was compressed is refused", async () => {
    expect(await expectRefusal(bytesOf("compressed.pth"))).toMatch(
      /^file: expected zip\/data.pkl to be stored as it is, as torch.save does, got it compressed/,
    );
  });

  test("with a changed number is refused", async () => {
    const bytes = bytesOf("zip.pth");
    const header = Buffer.from(bytes).indexOf("zip/data/5", 0, "latin1");
    const numbers = Math.ceil((header + 16) / 64) * 64; // PyTorch aligns them
    bytes[numbers] = bytes[numbers]! ^ 1;
    expect(await expectRefusal(bytes)).toBe(
      "file: expected zip/data/5 as it was written, got it damaged (its CRC-32 differs)",
    );
  });
});

describe("an ONNX model", () => {
  test("without names is refused, with the option that keeps them", async () => {
    const error: unknown = await openWeights(bytesOf("anonymous.onnx"), "m.onnx").catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({
      finding: "m.onnx: expected initialisers with the names of parameters, got 32 without names",
      message: expect.stringContaining(
        "got 32 without names. Export so that parameters keep their names: torch.onnx.export(..., dynamo=True, optimize=False)",
      ) as string,
    });
  });

  test("without initialisers is refused", async () => {
    expect(await expectRefusal(Uint8Array.of(0x08, 10), "m.onnx")).toBe(
      "m.onnx: expected initialisers with the names of parameters, got none",
    );
  });

  test("whose last packed integer is cut short is refused when it is read", async () => {
    // model { graph { initializer { dims: 2, data_type: INT64, int64_data: [1, ...], name: "w" } } }
    const initializer = [0x08, 2, 0x10, 7, 0x3a, 2, 1, 0x80, 0x42, 1, 0x77];
    const graph = [0x2a, initializer.length, ...initializer];
    const bytes = Uint8Array.of(0x08, 10, 0x3a, graph.length, ...graph);
    const { arrays } = await openWeights(bytes, "m.onnx");
    expect(() => arrays.get("w")!.load()).toThrow(
      new WeightsError(
        "m.onnx: expected whole integers for initialiser w, got a part of one (premature EOF)",
      ),
    );
  });

  test("whose values lie in another file that is not named is refused", async () => {
    // model { graph { initializer { dims: 1, data_type: FLOAT, name: "w", data_location: EXTERNAL } } }
    const initializer = [0x08, 1, 0x10, 1, 0x42, 1, 0x77, 0x70, 1];
    const graph = [0x2a, initializer.length, ...initializer];
    expect(
      await expectRefusal(Uint8Array.of(0x08, 10, 0x3a, graph.length, ...graph), "m.onnx"),
    ).toBe("m.onnx: expected the name of the file of its values for initialiser w, got none");
  });
});

describe("a damaged file", () => {
  const files = ["zip.pth", "legacy.pth", "timm.safetensors", "named.onnx"];

  test.each(files)("is refused wherever it is cut: %s", async (file) => {
    const bytes = bytesOf(file);
    for (let length = 0; length < bytes.length; length += 97) {
      await expectRefusal(bytes.slice(0, length), file);
    }
  });

  test.each(files)("gives weights or a reason, and no other error: %s", async (file) => {
    const draw = random.stream(1, file);
    for (let i = 0; i < 200; i += 1) {
      const bytes = bytesOf(file);
      // Where the structure is: at the beginning of most formats, at the end of zip.
      for (const end of [0, bytes.length - 600]) {
        bytes[end + Math.floor(draw.uniform() * 600)] = Math.floor(draw.uniform() * 256);
      }
      const outcome: unknown = await load(bytes, file).catch((thrown: unknown) => thrown);
      expect(outcome instanceof Map || outcome instanceof WeightsError, String(outcome)).toBe(true);
    }
  });
});
