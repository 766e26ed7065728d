/** @file Which images look the same. */
import { describe, expect, test } from "vitest";
import { type HashedImage, nearPairs } from "../src/check/near-duplicates.ts";
import {
  correlation,
  ones,
  type PerceptualHash,
  perceptualHash,
} from "../src/check/perceptual-hash.ts";
import { random } from "@mvt/core";

const layout = { width: 20, height: 17, channels: 3 };

/** An image of soft blobs, another for every number. */
function blobs(number: number): Uint8Array {
  const stream = random.stream(number, "blobs");
  const centres = Array.from({ length: 6 }, () => [stream.uniform(0, 20), stream.uniform(0, 17)]);
  return Uint8Array.from({ length: 20 * 17 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 20, Math.floor(i / 60)];
    const light = centres.map(([u, v]) => Math.exp(-((x - u!) ** 2 + (y - v!) ** 2) / 12));
    return 30 + 25 * light.reduce((a, b) => a + b, 0);
  });
}

const seen = (name: string, split: HashedImage["split"], pixels: Uint8Array): HashedImage => ({
  name,
  split,
  hash: Buffer.from(pixels).toString("base64"),
  perceptual: perceptualHash(pixels, layout),
});

describe("the perceptual hash of an image", () => {
  test("stays the same where light is added evenly", () => {
    const { bits, thumbnail } = perceptualHash(blobs(1), layout);
    const brighter = perceptualHash(
      blobs(1).map((value) => value + 40),
      layout,
    );
    expect(brighter.bits).toEqual(bits);
    expect(correlation(brighter.thumbnail, thumbnail)).toBeCloseTo(1, 6);
  });

  test("is that of its grey copy", () => {
    const grey = { width: 20, height: 17, channels: 1 };
    const one = blobs(2).filter((_, i) => i % 3 === 0);
    const three = Uint8Array.from({ length: one.length * 3 }, (_, i) => one[Math.floor(i / 3)]!);
    const { bits, thumbnail }: PerceptualHash = perceptualHash(three, layout);
    expect(perceptualHash(one, grey)).toEqual({ bits, thumbnail });
  });

  test("says for each cell whether it is brighter than its left neighbour", () => {
    const rising = Uint8Array.from({ length: 9 * 8 }, (_, i) => i % 9);
    const grid = { width: 9, height: 8, channels: 1 };
    expect(perceptualHash(rising, grid).bits).toEqual([0xffffffff, 0xffffffff]);
    expect(perceptualHash(rising.toReversed(), grid).bits).toEqual([0, 0]);
    const upper = rising.map((value, i) => (i < 36 ? value : 8 - value));
    expect(perceptualHash(upper, grid).bits).toEqual([0xffffffff, 0]);
  });

  test("is there of a picture smaller than its cells", () => {
    const tiny = perceptualHash(Uint8Array.of(10, 200), { width: 2, height: 1, channels: 1 });
    expect(tiny.thumbnail.slice(0, 16)).toEqual(
      Uint8Array.from({ length: 16 }, (_, x) => (x < 8 ? 10 : 200)),
    );
  });
});

describe("ones", () => {
  test.for([0, 1, 0x80000000, 0xffffffff, 0x12345678, -1])("counts the bits of %i", (bits) => {
    expect(ones(bits)).toBe((bits >>> 0).toString(2).replaceAll("0", "").length);
  });
});

describe("near pairs", () => {
  const train = Array.from({ length: 20 }, (_, i) => seen(`a${i}`, "train", blobs(i)));
  const strangers = Array.from({ length: 20 }, (_, i) => seen(`b${i}`, "test", blobs(100 + i)));

  test("are none among different images", async () => {
    expect(await nearPairs([...train, ...strangers])).toEqual([]);
  });

  test("are found across splits, the most alike first", async () => {
    const rough = blobs(7).map((value, i) => value + (i % 7 === 0 ? 6 : 0));
    const fine = blobs(3).map((value) => value + 1);
    const copies = [seen("rough", "test", rough), seen("fine", "validation", fine)];
    const pairs = await nearPairs([...train, ...strangers, ...copies]);
    expect(pairs.map(({ names }) => names)).toEqual([
      ["a3", "fine"],
      ["a7", "rough"],
    ]);
  });

  test("are not looked for within a split, nor among equal files", async () => {
    const fine = blobs(3).map((value) => value + 1);
    const within = seen("fine", "train", fine);
    const same = seen("same", "test", blobs(5));
    expect(await nearPairs([...train, within, same])).toEqual([]);
  });
});
