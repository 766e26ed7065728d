import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { resizeBilinear } from "@mvt/core";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { decodeImages } from "../src/images/decode.ts";

interface Golden {
  readonly pictures: readonly { source: string; size: number; resized: string }[];
}
const fixture = (name: string) =>
  fileURLToPath(new URL(`fixtures/resize/${name}`, import.meta.url));
const golden = JSON.parse(await readFile(fixture("golden.json"), "utf8")) as Golden;

describe("a decoded and resized JPEG", () => {
  test.for(golden.pictures)("equals Pillow's $resized", async ({ source, size, resized }) => {
    const image = { kind: "file", path: fixture(source) } as const;
    const { pixels } = await decodeImages([{ id: "a", image, expression: "neutral" }], {
      size,
      threads: 0,
    });
    const expected = await sharp(fixture(resized)).raw().toBuffer();
    // Resizing is exact. One level is left to JPEG decoders, which may round differently elsewhere.
    expect(pixels).toBeAllClose(expected, { rtol: 0, atol: 1 });
  });

  test("has its rows resized first if it is more than 100 times as tall as wide", async () => {
    const { data, info } = await sharp(fixture("4x401.jpg"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const expected = await sharp(fixture("4x401-to-16.png")).raw().toBuffer();
    const resized = resizeBilinear(data, info.width, info.channels, 16);
    // The other order differs in the last bit of some pixels.
    const columnsFirst = resizeBilinear(columns(data, 16), 16, 3, 16);
    const wrong = (pixels: Uint8Array) => pixels.filter((level, i) => level !== expected[i]).length;
    expect(wrong(resized)).toBeLessThan(wrong(columnsFirst) / 4);
  });
});

/** [height, 4, 3] -> [height, size, 3]: rows of the same height, each resized alone. */
function columns(data: Uint8Array, size: number): Uint8Array {
  const rows = Array.from({ length: data.length / 12 }, (_, y) =>
    resizeBilinear(data.subarray(12 * y, 12 * y + 12), 4, 3, size).subarray(0, 3 * size),
  );
  return Buffer.concat(rows);
}

describe("bilinear resizing", () => {
  const ramp = Uint8Array.from([0, 80, 160, 240, 0, 80, 160, 240]); // [2, 4, 1]

  test("leaves a picture of the right size as it is", () => {
    const square = Uint8Array.from({ length: 27 }, (_, i) => 9 * i);
    expect(resizeBilinear(square, 3, 3, 3)).toEqual(square);
  });

  test("averages what it shrinks", () => {
    // The triangle over four elements, centred between them: 1/8, 3/8, 3/8, 1/8 of 0, 80, 160, 240.
    expect(resizeBilinear(ramp, 4, 1, 1)).toEqual(Uint8Array.of(120));
  });

  test("keeps the middle in the middle when it enlarges", () => {
    const mirrored = Uint8Array.from([10, 200, 200, 10]); // [1, 4, 1]
    const wide = [...resizeBilinear(mirrored, 4, 1, 9)].slice(0, 9);
    expect(wide).toEqual(wide.toReversed());
  });

  test.for([1, 7, 13, 40])("keeps an even colour, at its extremes too, at size %i", (size) => {
    const white = new Uint8Array(13 * 11 * 3).fill(255);
    expect(resizeBilinear(white, 13, 3, size)).toEqual(new Uint8Array(size * size * 3).fill(255));
  });

  test("treats the channels alike", () => {
    const grey = Uint8Array.from({ length: 35 }, (_, i) => (37 * i) % 256); // [7, 5, 1]
    const colour = Uint8Array.from({ length: 105 }, (_, i) => grey[Math.trunc(i / 3)]!);
    const expected = resizeBilinear(grey, 5, 1, 9);
    expect(resizeBilinear(colour, 5, 3, 9).filter((_, i) => i % 3 === 1)).toEqual(expected);
  });
});
