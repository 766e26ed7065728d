/** @file Similarity transforms, the template, and pixels under a transform. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  alignedPoints,
  alignment,
  fitSimilarity,
  type Point,
  transform,
  warp,
} from "../src/index.ts";
import { inverse } from "../src/geometry/similarity.ts";
import { shrink } from "../src/geometry/warp.ts";

interface Golden {
  readonly from: readonly Point[];
  readonly to: readonly Point[];
  /** The first two rows of the matrix. */
  readonly matrix: readonly [readonly number[], readonly number[]];
}
const { cases } = JSON.parse(
  readFileSync(new URL("../golden/umeyama.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Golden[] };

describe("fitSimilarity", () => {
  test("agrees with Umeyama's method by singular values", () => {
    expect(cases.length).toBeGreaterThanOrEqual(5);
    for (const { from, to, matrix } of cases) {
      const { a, b, tx, ty } = fitSimilarity(from, to);
      expect([a, -b, tx, b, a, ty]).toBeAllClose(matrix.flat(), { rtol: 1e-9, atol: 1e-9 });
    }
  });

  test("finds the transform that points went through", () => {
    const through = { a: 0.3, b: -1.2, tx: 40, ty: -7 };
    const from: Point[] = [
      [0, 0],
      [10, 3],
      [-4, 8],
    ];
    const found = fitSimilarity(
      from,
      from.map((point) => transform(through, point)),
    );
    expect(Object.values(found)).toBeAllClose(Object.values(through), { rtol: 1e-12, atol: 1e-12 });
  });

  test("is undone by its inverse", () => {
    const through = { a: 0.3, b: -1.2, tx: 40, ty: -7 };
    const back = inverse(through);
    expect(transform(back, transform(through, [5, 6]))).toBeAllClose([5, 6]);
  });

  test.each([
    ["one point", [[1, 2]], [[1, 2]]],
    [
      "lists of different lengths",
      [
        [1, 2],
        [3, 4],
      ],
      [[1, 2]],
    ],
    [
      "points at one place",
      [
        [1, 2],
        [1, 2],
      ],
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ] as [string, Point[], Point[]][])("refuses %s", (_, from, to) => {
    expect(() => fitSimilarity(from, to)).toThrow(RangeError);
  });
});

describe("alignedPoints", () => {
  test("are InsightFace's at 112 pixels without a margin", () => {
    expect(alignedPoints(112, 0).flat()).toBeAllClose(
      [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041],
      { rtol: 0, atol: 1e-12 },
    );
  });

  test("come closer to the middle with a margin, which stays", () => {
    const [[near], [far]] = [alignedPoints(100, 0), alignedPoints(100, 0.25)];
    expect((far[0] - 50) / (near[0] - 50)).toBeCloseTo(1 / 1.5, 12);
  });

  test("are where alignment puts a face's points", () => {
    const turned = alignedPoints(300, 0.4).map((point): Point =>
      transform({ a: 1.6, b: 0.5, tx: 12, ty: 90 }, point),
    ) as unknown as ReturnType<typeof alignedPoints>;
    const to = alignment(turned, 64, 0.1);
    expect(turned.flatMap((point) => transform(to, point))).toBeAllClose(
      alignedPoints(64, 0.1).flat(),
      { rtol: 0, atol: 1e-9 },
    );
  });
});

const image = (width: number, height: number, at: (x: number, y: number) => number) => ({
  width,
  height,
  channels: 1 as const,
  data: Uint8Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))),
});
const still = { a: 1, b: 0, tx: 0, ty: 0 };
const reds = (pixels: Uint8Array) => pixels.filter((_, i) => i % 3 === 0);

describe("warp", () => {
  test("leaves an image as it is, with grey in all channels", () => {
    const steps = image(4, 4, (x, y) => 10 * y + x);
    const pixels = warp(steps, still, 4);
    expect(reds(pixels)).toEqual(steps.data);
    expect(pixels.filter((_, i) => i % 3 === 2)).toEqual(steps.data);
  });

  test("is bilinear between pixels", () => {
    const ramp = image(8, 8, (x) => 20 * x);
    const [first] = warp(ramp, { ...still, tx: -2.25 }, 4);
    expect(first).toBe(45);
  });

  test("turns by a quarter without a change of pixels", () => {
    const steps = image(4, 4, (x, y) => 10 * y + x);
    const turned = reds(warp(steps, { a: 0, b: 1, tx: 4, ty: 0 }, 4)); // (x, y) -> (4 - y, x)
    expect(Array.from(turned.subarray(0, 4))).toEqual([30, 20, 10, 0]);
  });

  test("averages where it shrinks", () => {
    const checks = image(64, 64, (x, y) => ((x + y) % 2) * 200);
    expect(new Set(reds(warp(checks, { ...still, a: 1 / 8 }, 8)).subarray(9, 15))).toEqual(
      new Set([100]),
    );
  });

  test("is black outside the image", () => {
    const white = image(4, 4, () => 255);
    expect(Array.from(reds(warp(white, { ...still, tx: 2 }, 4)).subarray(0, 4))).toEqual([
      0, 0, 255, 255,
    ]);
  });
});

describe("shrink", () => {
  test("keeps a small image", () => {
    const small = image(5, 3, (x) => x);
    expect(shrink(small, 5)).toEqual({ image: small, factor: 1 });
  });

  test("takes means of whole blocks and cuts off what is left over", () => {
    const ramp = image(7, 4, (x, y) => 10 * x + y);
    const { image: small, factor } = shrink(ramp, 4);
    expect(factor).toBe(2);
    expect([small.width, small.height]).toEqual([3, 2]);
    expect(Array.from(small.data.subarray(0, 3))).toEqual([6, 26, 46]); // 5.5, 25.5, 45.5
  });

  test("keeps one row of an image that is very flat", () => {
    const line = image(4000, 1, () => 9);
    const { image: small } = shrink(line, 1024);
    expect([small.width, small.height, small.data[0]]).toEqual([1000, 1, 9]);
  });
});
