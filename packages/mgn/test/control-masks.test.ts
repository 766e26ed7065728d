import { cornersMask, ellipseDistance, ellipseMask } from "@mvt/mgn";
import { describe, expect, test } from "vitest";

/** A mask as a picture: # is removed. */
const drawn = (mask: Float32Array) => {
  const side = Math.sqrt(mask.length);
  return Array.from({ length: side }, (_, row) =>
    Array.from(mask.subarray(row * side, (row + 1) * side), (x) => (x === 1 ? "#" : ".")).join(""),
  ).join("\n");
};

describe("control masks", () => {
  for (const [name, make] of Object.entries({ ellipseMask, cornersMask })) {
    test(`${name} has exactly round(m N) patches`, () => {
      for (const [m, k] of [
        [0.1, 20],
        [0.15, 29],
        [0.2, 39],
      ] as const) {
        expect(make({ patches: 196, m }).reduce((a, b) => a + b)).toBe(k);
      }
    });

    test(`${name} needs a square grid`, () => {
      expect(() => make({ patches: 195, m: 0.15 })).toThrow(
        "control masks: expected a square number of patches, got 195;",
      );
    });
  }

  test("the ellipse leaves an upright face in the middle", () => {
    expect(drawn(ellipseMask({ patches: 64, m: 0.375 }))).toMatchInlineSnapshot(`
      "##....##
      ##....##
      #......#
      #......#
      #......#
      #......#
      ##....##
      ##....##"
    `);
  });

  test("the corners are taken in turns", () => {
    expect(drawn(cornersMask({ patches: 64, m: 0.19 }))).toMatchInlineSnapshot(`
      "##....##
      #......#
      ........
      ........
      ........
      ........
      #......#
      ##....##"
    `);
  });

  test("the ellipse's distance is smallest in the middle and 1 where it leaves the picture", () => {
    const distance = ellipseDistance(25); // the middle of the top row is 0.8 of the way up
    expect(distance[12]).toBe(0);
    expect(distance[2]).toBeCloseTo(0.8);
    expect(distance[10]).toBeCloseTo(0.8 / 0.75);
  });
});
