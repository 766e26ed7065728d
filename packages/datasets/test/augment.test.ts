import { random } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { augment, augmentationStream, drawRectangle } from "../src/augment/augment.ts";
import {
  checkAugmentation,
  defaultAugmentation,
  type Augmentation,
  type Erasing,
} from "../src/augment/augmentation.ts";
import { adjustBrightness, adjustContrast, adjustSaturation } from "../src/augment/colour.ts";

const size = 12;
const picture = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 89) % 256);
const defaultErasing = defaultAugmentation.erasing as Erasing;
const off: Augmentation = { flip: 0, jitter: false, erasing: false };

/** `source`, augmented as picture `id` of epoch 0. */
function augmented(augmentation: Augmentation, id: number | string = 0, source = picture) {
  const target = new Uint8Array(source.length);
  augment(source, target, size, augmentation, augmentationStream(1, 0, `${id}`));
  return target;
}
const repeat = <T>(n: number, draw: (i: number) => T) =>
  Array.from({ length: n }, (_, i) => draw(i));
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];
const share = (holds: readonly boolean[]) => holds.filter(Boolean).length / holds.length;

describe("an augmentation", () => {
  test("copies the picture when all is off", () => {
    expect(augmented(off)).toEqual(picture);
  });

  test("depends on seed, epoch and sample, and on nothing else", () => {
    const draw = (...of: Parameters<typeof augmentationStream>) => {
      const target = new Uint8Array(picture.length);
      augment(picture, target, size, defaultAugmentation, augmentationStream(...of));
      return target;
    };
    expect(draw(1, 2, "a")).toEqual(draw(1, 2, "a"));
    for (const other of [draw(2, 2, "a"), draw(1, 3, "a"), draw(1, 2, "b")]) {
      expect(other).not.toEqual(draw(1, 2, "a"));
    }
  });

  test("leaves the source as it was", () => {
    const source = picture.slice();
    augmented(defaultAugmentation, 0, source);
    expect(source).toEqual(picture);
  });

  test("flips with its probability", () => {
    const flipped = augmented({ ...off, flip: 1 });
    const flips = repeat(
      2000,
      (i) => Buffer.compare(augmented({ ...off, flip: 0.3 }, i), flipped) === 0,
    );
    expect(share(flips)).toBeCloseTo(0.3, 1);
  });

  test("shifts by every distance up to the greatest", () => {
    const dot = new Uint8Array(picture.length);
    dot[3 * (5 * size + 5)] = 255;
    const shift = { pixels: 1, padding: "zero" } as const;
    const places = repeat(200, (i) => augmented({ ...off, shift }, i, dot).indexOf(255) / 3);
    const around = [4, 5, 6].flatMap((y) => [4, 5, 6].map((x) => y * size + x));
    expect([...new Set(places)].toSorted((a, b) => a - b)).toEqual(around);
  });

  test("draws brightness uniformly from 1 - s to 1 + s", () => {
    const jitter = { brightness: 0.4, contrast: 0, saturation: 0 };
    const even = new Uint8Array(picture.length).fill(100);
    const levels = repeat(2000, (i) => augmented({ ...off, jitter }, i, even)[0]!);
    expect(Math.min(...levels)).toBe(60);
    expect(Math.max(...levels)).toBe(139);
    expect([levels.reduce((a, b) => a + b) / 2000]).toBeAllClose([99.5], { atol: 2 });
    expect(share(levels.map((level) => level < 80))).toBeCloseTo(0.25, 1);
  });

  test("never draws a negative factor", () => {
    const jitter = { brightness: 3, contrast: 0, saturation: 0 };
    const even = new Uint8Array(picture.length).fill(10);
    const levels = repeat(500, (i) => augmented({ ...off, jitter }, i, even)[0]!);
    expect(Math.max(...levels)).toBeGreaterThan(37);
    expect(share(levels.map((level) => level < 20))).toBeCloseTo(0.5, 1);
  });

  test("adjusts the colours in all six orders, equally often", () => {
    const jitter = { brightness: 0.4, contrast: 0.4, saturation: 0.4 };
    const adjust = [adjustBrightness, adjustContrast, adjustSaturation];
    const found = repeat(600, (i) => {
      const stream = augmentationStream(1, 0, `${i}`);
      stream.bernoulli(0); // the flip
      stream.permutation(3);
      const factors = repeat(3, () => stream.uniform(0.6, 1.4));
      return orders.find((order) => {
        const pixels = picture.slice();
        for (const [turn, which] of order.entries()) adjust[which]!(pixels, factors[turn]!);
        return Buffer.compare(pixels, augmented({ ...off, jitter }, i)) === 0;
      });
    });
    for (const order of orders) {
      expect(share(found.map((other) => other === order))).toBeCloseTo(1 / 6, 1);
    }
  });

  test("erases with its probability, in the colour named", () => {
    for (const [value, colour] of [
      ["black", [0, 0, 0]],
      ["mean", [124, 116, 104]], // 255 (0.485, 0.456, 0.406)
    ] as const) {
      const erasing = { ...defaultErasing, p: 0.3, value };
      const white = new Uint8Array(picture.length).fill(255);
      const results = repeat(2000, (i) => augmented({ ...off, erasing }, i, white));
      const erased = results.filter((result) => result.some((level) => level !== 255));
      expect(erased.length / 2000).toBeCloseTo(0.3, 1);
      const first = erased[0]!.findIndex((level) => level !== 255);
      expect([...erased[0]!.subarray(first, first + 3)]).toEqual(colour);
    }
  });
});

describe("the rectangle to erase", () => {
  const area = { scale: [0.02, 0.25], ratio: [0.3, 3.3] } as const;
  const stream = random.stream(0, "rectangles");
  const rectangles = repeat(4000, () => drawRectangle(stream, 224, area)!);

  test("lies inside the picture and reaches its borders", () => {
    expect(Math.min(...rectangles.map(({ top }) => top))).toBe(0);
    expect(Math.max(...rectangles.map(({ top, height }) => top + height))).toBe(224);
    expect(Math.min(...rectangles.map(({ left }) => left))).toBe(0);
    expect(Math.max(...rectangles.map(({ left, width }) => left + width))).toBe(224);
  });

  test("has an area uniform in the scale, here 0.135 in the mean", () => {
    const areas = rectangles.map(({ height, width }) => (height * width) / 224 ** 2);
    expect(Math.min(...areas)).toBeGreaterThan(0.019);
    expect(Math.max(...areas)).toBeLessThan(0.253);
    expect(areas.reduce((a, b) => a + b) / 4000).toBeCloseTo(0.135, 2);
  });

  test("has a log-uniform ratio, so that half are taller than sqrt(0.3 * 3.3)", () => {
    const ratios = rectangles.map(({ height, width }) => height / width);
    expect(Math.min(...ratios)).toBeGreaterThan(0.28);
    expect(Math.max(...ratios)).toBeLessThan(3.5);
    expect(share(ratios.map((ratio) => ratio > Math.sqrt(0.3 * 3.3)))).toBeCloseTo(0.5, 1);
  });

  test("is none where ten draws do not fit", () => {
    expect(drawRectangle(stream, 224, { scale: [1, 1], ratio: [1, 1] })).toBeUndefined();
  });
});

describe("the check of an augmentation", () => {
  test("passes the default and none", () => {
    expect(() => checkAugmentation(defaultAugmentation)).not.toThrow();
    expect(() => checkAugmentation(off)).not.toThrow();
  });

  test.for([
    [{ flip: 1.5 }, "augmentation.flip: expected a probability, got 1.5"],
    [{ shift: { pixels: 0.5, padding: "zero" } }, "shift.pixels"],
    [{ jitter: { brightness: 0, contrast: -1, saturation: 0 } }, "jitter.contrast"],
    [{ erasing: { ...defaultErasing, p: NaN } }, "erasing.p"],
    [{ erasing: { ...defaultErasing, scale: [0.5, 0.2] } }, "erasing.scale"],
    [{ erasing: { ...defaultErasing, ratio: [0, 1] } }, "erasing.ratio"],
  ] as [Partial<Augmentation>, string][])("refuses %j", ([change, message]) => {
    expect(() => checkAugmentation({ ...off, ...change })).toThrow(message);
  });
});
