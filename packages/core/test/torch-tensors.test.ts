/** @file Tensors of every element type, and of every way to lie in a storage, as PyTorch saves them. */
import { decodeSafetensors, openWeights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { bytesOf } from "./support/weights.ts";

const expected = decodeSafetensors(bytesOf("kinds.safetensors"), "kinds").weights;

describe.each(["kinds.pth", "kinds-legacy.pth"])("a tensor in %s is read when it is", (name) => {
  test.each([...expected.keys()])("%s", async (kind) => {
    const { arrays } = await openWeights(bytesOf(name), name);
    expect(arrays.get(kind)!.load()).toEqual(expected.get(kind));
  });
});

describe("a checkpoint", () => {
  test("says what else it holds beside the weights", async () => {
    const { otherEntries, arrays } = await openWeights(bytesOf("zip.pth"), "zip.pth");
    expect(otherEntries).toEqual(["epoch"]);
    expect(arrays.size).toBe(32);
  });
});
