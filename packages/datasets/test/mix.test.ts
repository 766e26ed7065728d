import { readFile } from "node:fs/promises";
import { random } from "@mvt/core";
import { drawMix, mixImages, partnerOf, rowShowing } from "@mvt/datasets";
import type { Mix } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { cutMix } from "../src/batches/mix.ts";

/** Written by golden/mixup.py; pictures are [size, size, 3] bytes in base64. */
interface Golden {
  readonly size: number;
  readonly count: number;
  readonly images: string;
  readonly cases: readonly {
    readonly kind: "mixup" | "cutmix";
    readonly lambda: number;
    readonly centre: readonly [row: number, column: number];
    readonly share: number;
    readonly images: string;
  }[];
}
const golden = JSON.parse(
  await readFile(new URL("fixtures/mixup.json", import.meta.url), "utf8"),
) as Golden;
const { size, count } = golden;
const decode = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const images = decode(golden.images);

describe("a mixed batch", () => {
  test.for(golden.cases)(
    "equals timm's: $kind with λ = $lambda around $centre",
    ({ kind, lambda, centre: [row, column], share, images: expected }) => {
      const mix = kind === "mixup" ? { share: lambda } : cutMix(lambda, { row, column }, size);
      expect(mix.share).toBeCloseTo(share, 6);
      expect(mixImages(images, { size, count }, mix)).toEqual(decode(expected));
    },
  );

  test("leaves the batch it is made of as it is", () => {
    const before = Uint8Array.from(images);
    mixImages(images, { size, count }, { share: 0.5 });
    mixImages(images, { size, count }, cutMix(0.2, { row: 4, column: 4 }, size));
    expect(images).toEqual(before);
  });

  // Three pictures of one pixel and one that pads.
  const pixel = (grey: number) => [grey, grey, grey];
  const padded = Uint8Array.from([10, 20, 30, 30].flatMap(pixel));

  test("mixes samples with samples: padding takes no part, and the middle one stays", () => {
    const mixed = mixImages(padded, { size: 1, count: 3 }, { share: 0.75 });
    expect([...mixed]).toEqual([15, 20, 25, 30].flatMap(pixel));
    const cut = mixImages(padded, { size: 1, count: 3 }, cutMix(0, { row: 0, column: 0 }, 1));
    expect([...cut]).toEqual([30, 20, 10, 30].flatMap(pixel));
  });

  test("shows every sample most in one row", () => {
    const rows = (mix: Mix) => [0, 1, 2].map((i) => rowShowing(i, 3, mix));
    expect(rows({ share: 0.5 })).toEqual([0, 1, 2]);
    expect(rows({ share: 0.49 })).toEqual([2, 1, 0]);
    expect([0, 1, 2].map((i) => partnerOf(i, 3))).toEqual([2, 1, 0]);
  });
});

describe("a drawn mix", () => {
  const draws = (options: Parameters<typeof drawMix>[0], n = 4000) => {
    const stream = random.stream(4, "mix");
    return Array.from({ length: n }, () => drawMix(options, 48, stream));
  };
  const share = <T>(of: readonly T[], holds: (one: T) => boolean) =>
    of.filter(holds).length / of.length;

  test("is mixup, CutMix, or either in its share", () => {
    expect(draws({ alpha: 0.2 }).every((mix) => mix !== undefined && !mix.box)).toBe(true);
    expect(draws({ cutmixAlpha: 1 }).every((mix) => mix?.box !== undefined)).toBe(true);
    const both = { alpha: 0.8, cutmixAlpha: 1 };
    expect(share(draws(both), (mix) => mix?.box !== undefined)).toBeCloseTo(0.5, 1);
    const often = draws({ ...both, switchProbability: 0.9 });
    expect(share(often, (mix) => mix?.box !== undefined)).toBeCloseTo(0.9, 1);
  });

  test("is there with its probability", () => {
    const some = draws({ alpha: 0.8, probability: 0.3 });
    expect(share(some, (mix) => mix !== undefined)).toBeCloseTo(0.3, 1);
    expect(draws({ alpha: 0.8, probability: 0 }).every((mix) => mix === undefined)).toBe(true);
  });

  test("has λ of Beta(α, α): around a half for a large α, near 0 and 1 for a small one", () => {
    const between = (alpha: number) =>
      share(draws({ alpha }), (mix) => mix!.share > 0.25 && mix!.share < 0.75);
    expect(between(1)).toBeCloseTo(0.5, 1);
    expect(between(0.2)).toBeLessThan(0.3);
    expect(between(8)).toBeGreaterThan(0.95);
  });

  test("cuts a box within the image, of the share that λ leaves to it", () => {
    for (const mix of draws({ cutmixAlpha: 1 }, 500)) {
      const { top, left, height, width } = mix!.box!;
      expect(Math.min(top, left, height, width)).toBeGreaterThanOrEqual(0);
      expect(Math.max(top + height, left + width)).toBeLessThanOrEqual(48);
      expect(mix!.share).toBeCloseTo(1 - (height * width) / 48 ** 2, 12);
    }
  });
});
