import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { adjustBrightness, adjustContrast, adjustSaturation } from "../src/augment/colour.ts";
import { erase, place, type Rectangle } from "../src/augment/geometry.ts";

/** Written by golden/augment.py; pictures are [size, size, 3] bytes in base64. */
interface Golden {
  readonly size: number;
  readonly image: string;
  readonly adjusted: readonly { name: keyof typeof adjust; factor: number; image: string }[];
  readonly flipped: string;
  readonly erased: { readonly rectangle: Rectangle; readonly image: string };
}
const adjust = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
};
const golden = JSON.parse(
  await readFile(new URL("fixtures/augment.json", import.meta.url), "utf8"),
) as Golden;
const decode = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

describe("an adjustment of colours", () => {
  test.for(golden.adjusted)("equals torchvision's: $name by $factor", ({ name, factor, image }) => {
    const pixels = decode(golden.image);
    adjust[name](pixels, factor);
    expect(pixels).toEqual(decode(image));
  });

  test.for(Object.entries(adjust))("changes nothing at factor 1: %s", ([, change]) => {
    const pixels = decode(golden.image);
    change(pixels, 1);
    expect(pixels).toEqual(decode(golden.image));
  });
});

describe("a flip", () => {
  const flip = { flip: true, right: 0, down: 0, padding: "zero" } as const;

  test("equals torchvision's", () => {
    const source = decode(golden.image);
    const target = new Uint8Array(source.length);
    place(source, target, golden.size, flip);
    expect(target).toEqual(decode(golden.flipped));
  });

  test("undoes itself", () => {
    const source = decode(golden.image);
    const [once, twice] = [new Uint8Array(source.length), new Uint8Array(source.length)];
    place(source, once, golden.size, flip);
    place(once, twice, golden.size, flip);
    expect(twice).toEqual(source);
  });
});

describe("a shift", () => {
  // Grey values of a picture of 3 x 3, read off its red channel.
  const source = Uint8Array.from({ length: 27 }, (_, i) => 1 + Math.trunc(i / 3));
  const shifted = (placement: Parameters<typeof place>[3]) => {
    const target = new Uint8Array(27).fill(99);
    place(source, target, 3, placement);
    return Array.from({ length: 9 }, (_, i) => target[3 * i]!);
  };

  test("brings black into view", () => {
    const right = { flip: false, right: 1, down: -1, padding: "zero" } as const;
    expect(shifted(right)).toEqual([0, 4, 5, 0, 7, 8, 0, 0, 0]);
  });

  test("brings the outermost pixels into view again", () => {
    const right = { flip: false, right: 1, down: -1, padding: "edge" } as const;
    expect(shifted(right)).toEqual([4, 4, 5, 7, 7, 8, 7, 7, 8]);
  });

  test("comes after the flip", () => {
    const left = { flip: true, right: -1, down: 0, padding: "zero" } as const;
    expect(shifted(left)).toEqual([2, 1, 0, 5, 4, 0, 8, 7, 0]);
  });
});

describe("an erased rectangle", () => {
  test("equals torchvision's", () => {
    const pixels = decode(golden.image);
    erase(pixels, golden.size, golden.erased.rectangle, [124, 116, 104]);
    expect(pixels).toEqual(decode(golden.erased.image));
  });
});
