import { random } from "@mvt/core";
import { randomMask, type RandomMaskOptions } from "@mvt/mgn";
import { describe, expect, test } from "vitest";

const options: RandomMaskOptions = { images: 8, patches: 196, m: 0.15 };
const draw = (name: string, changes: Partial<RandomMaskOptions> = {}, seed = 1) =>
  randomMask(random.stream(seed, name), { ...options, ...changes });
const rowsOf = (mask: Float32Array, patches = 196) =>
  Array.from({ length: mask.length / patches }, (_, i) =>
    mask.slice(i * patches, (i + 1) * patches),
  );
const areas = (mask: Float32Array, patches = 196) =>
  rowsOf(mask, patches).map((row) => row.reduce((a, b) => a + b));

describe("random masks", () => {
  test("are binary", () => {
    expect(draw("step 1").every((value) => value === 0 || value === 1)).toBe(true);
  });

  for (const [m, k] of [
    [0.1, 20],
    [0.15, 29],
    [0.2, 39],
  ] as const) {
    test(`have exactly ${k} of 196 patches for m = ${m}`, () => {
      expect(areas(draw("step 1", { m }))).toEqual(Array.from({ length: 8 }, () => k));
    });
  }

  test("differ between images, and between steps", () => {
    const rows = [...rowsOf(draw("step 1")), ...rowsOf(draw("step 2"))].map((row) => row.join(""));
    expect(new Set(rows).size).toBe(16);
  });

  test("differ when one stream is used twice", () => {
    const stream = random.stream(1, "masks");
    expect(randomMask(stream, options)).not.toEqual(randomMask(stream, options));
  });

  test("are the same for the same seed and name", () => {
    expect(draw("step 1")).toEqual(draw("step 1"));
    expect(draw("step 1", {}, 2)).not.toEqual(draw("step 1"));
  });

  test("prefer no patch", () => {
    const images = 4000;
    const mask = draw("many", { images, patches: 16, m: 0.25 });
    const counts = new Float64Array(16);
    for (const row of rowsOf(mask, 16)) row.forEach((value, i) => (counts[i]! += value));
    // Binomial: 1000 ± 27; five standard deviations.
    for (const count of counts) expect(Math.abs(count - images / 4)).toBeLessThan(5 * 27.4);
  });

  test("can draw the share for every image", () => {
    const counts = areas(draw("step 1", { images: 200, count: [0.1, 0.3] }));
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...counts)).toBeLessThanOrEqual(59);
    expect(new Set(counts).size).toBeGreaterThan(25);
  });

  test("can draw every patch by itself", () => {
    const counts = areas(draw("step 1", { images: 500, count: "bernoulli" }));
    expect(new Set(counts).size).toBeGreaterThan(10);
    const mean = counts.reduce((a, b) => a + b) / 500;
    expect(Math.abs(mean - 0.15 * 196)).toBeLessThan(5 * Math.sqrt((196 * 0.15 * 0.85) / 500));
  });

  test("refuse shares outside of 0 to 1, and a range the wrong way round", () => {
    expect(() => draw("step 1", { m: 15 })).toThrow(
      "random masks: expected shares of the image between 0 and 1, the lower first, got 15 and 15;",
    );
    expect(() => draw("step 1", { count: [0.3, 0.1] })).toThrow("got 0.3 and 0.1;");
  });
});
