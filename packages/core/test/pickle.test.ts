/** @file Pickles of PyTorch: what they may say, and that nothing in them is ever run. */
import { existsSync, rmSync } from "node:fs";
import { openWeights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import {
  checkpoint,
  dictionary,
  join,
  name,
  storage,
  tensor,
  text,
  tuple,
} from "./support/pickle.ts";
import { expectRefusal } from "./support/refusal.ts";
import { bytesOf } from "./support/weights.ts";

describe("a pickle is data, never code", () => {
  const made = "weights-were-executed";
  test.each(["malicious.pth", "malicious-legacy.pth", "malicious.pkl"])(
    "%s is refused, and not run",
    async (file) => {
      rmSync(made, { force: true });
      expect(await expectRefusal(bytesOf(file), file)).toBe(
        `${file}: expected a checkpoint of tensors only, got one that names posix.system; nothing of it was run`,
      );
      expect(existsSync(made)).toBe(false);
    },
  );

  test.each([
    "builtins.eval",
    "builtins.getattr",
    "torch.load",
    "torch.storage._load_from_bytes",
    "argparse.ArgumentParser",
    "numpy.core.multiarray.fromfile",
    "torch.Generator",
    "pathlib.os",
    "timm.models.vision_transformer.VisionTransformer",
    "constructor.constructor",
    "__proto__.toString",
  ])("the name %s is refused", async (full) => {
    const dot = full.lastIndexOf(".");
    const value = join(name(full.slice(0, dot), full.slice(dot + 1)), tuple(text("x")), [0x52]);
    expect(await expectRefusal(checkpoint(value))).toContain(`got one that names ${full};`);
  });

  test("a name that would write on the terminal is shown with its control characters escaped", async () => {
    expect(await expectRefusal(checkpoint(name("a\u001B[2J", "b")))).toContain(
      String.raw`names a\x1b[2J.b;`,
    );
  });

  test.each([
    [
      "a call of what is no function",
      join(text("x"), [0x29, 0x52]),
      "a call of a known function, got one of a value",
    ],
    [
      "a call of a type",
      join(name("torch", "FloatStorage"), [0x29, 0x52]),
      "got one of torch.FloatStorage",
    ],
    [
      "a new object",
      join(name("torch", "FloatStorage"), [0x29, 0x81]),
      "an object of a known class, got one of torch.FloatStorage",
    ],
    [
      "a new object of a function",
      join(name("collections", "OrderedDict"), [0x29, 0x81]),
      "an object of a known class, got one of collections.OrderedDict",
    ],
    ["an item of a set that is none", join([0x5d, 0x28, 0x4e, 0x90]), "a set, got something else"],
    ["bytes beyond the file", [0x42, 0xff, 0xff, 0xff, 0x7f], "a whole pickle"],
    [
      "attributes of a name",
      join(name("torch", "Size"), [0x7d, 0x62]),
      "attributes of a dictionary",
    ],
    ["an item of a tuple", join([0x29, 0x4e, 0x61]), "a list, got something else"],
    ["an item of a text", join(text("x"), [0x4e, 0x4e, 0x73]), "keys and values of a dictionary"],
    ["a value from nowhere", [0x30], "opcode 0x30"],
    ["an empty stack", [0x85], "a value, got an empty stack"],
    ["no mark", [0x74], "a mark, got none"],
    ["a value not seen yet", [0x68, 9], "a value seen before, got none"],
    ["a reference to another file", join(text("/etc/passwd"), [0x51]), "a reference to a storage"],
  ])("%s is refused", async (_, value, reason) => {
    expect(await expectRefusal(checkpoint(value))).toContain(reason);
  });
});

describe("a tensor that does not lie in its storage is refused", () => {
  const of = (size: number[], stride: number[], offset = 0) =>
    checkpoint(dictionary("x", tensor(storage(4), { size, stride, offset })));
  test.each([
    ["too long", [5], [1], 0],
    ["too far", [2], [1], 3],
    ["with too large steps", [2, 2], [3, 1], 0],
    ["with too few strides", [2, 2], [1], 0],
    ["with too many axes", Array<number>(9).fill(1), Array<number>(9).fill(1), 0],
    ["with a negative size", [-1], [1], 0],
    ["with a negative step", [2], [-1], 3],
    ["that repeats its few numbers without end", [65_536, 65_536], [0, 0], 0],
  ])("%s", async (_, size, stride, offset) => {
    expect(await expectRefusal(of(size, stride, offset))).toMatch(/expected a tensor/);
  });

  test("and one that does is not", async () => {
    const { arrays } = await openWeights(of([2], [2], 1), "file");
    expect(arrays.get("x")!.load()).toEqual({ shape: [2], data: Float32Array.of(2, 4) });
  });

  test("nor is one that repeats a number, as PyTorch's expand makes it", async () => {
    const { arrays } = await openWeights(of([2, 3], [0, 0], 1), "file");
    const data = Float32Array.of(2, 2, 2, 2, 2, 2);
    expect(arrays.get("x")!.load()).toEqual({ shape: [2, 3], data });
  });
});
