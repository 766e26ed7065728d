import { describe, expect, test } from "vitest";
import { maskScale } from "../src/view/mask-scale.ts";

const scaleOf = (...mask: readonly number[]) => maskScale(Float32Array.from(mask));

describe("the scale of a mask", () => {
  test("spans the mask's own values, so that small differences are seen", () => {
    const { position, flat } = scaleOf(0.13, 0.15, 0.17, 0.14);
    expect([0.13, 0.14, 0.15, 0.17].map(position)).toBeAllClose([0, 0.25, 0.5, 1], {
      rtol: 0,
      atol: 1e-5,
    });
    expect(flat).toBe(false);
  });

  test("prints its ends and the mean", () => {
    expect(scaleOf(0.13, 0.15, 0.17).summary).toBe("M_p from 0.13 to 0.17, mean 0.15");
    expect(scaleOf(0, 1, 0, 0).summary).toBe("M_p from 0.00 to 1.00, mean 0.25");
  });

  test("prints as many decimals as tell its ends apart", () => {
    expect(scaleOf(0.131, 0.135).summary).toBe("M_p from 0.131 to 0.135, mean 0.133");
    expect(scaleOf(0.13001, 0.13004).summary).toMatch(/^M_p from 0.13001 to 0.13004, /);
  });

  test.each([0, 0.13, 1])("is in the middle for a mask of %d everywhere", (value) => {
    const { position, flat, summary } = scaleOf(value, value, value);
    expect(flat).toBe(true);
    expect(position(Math.fround(value))).toBe(0.5);
    expect(summary).toBe(`M_p is ${value.toFixed(2)} everywhere`);
  });

  test("does not show what is within the rounding of engines", () => {
    expect(scaleOf(0.5, 0.5 + 2e-7).flat).toBe(true);
    expect(scaleOf(0.5, 0.5 + 2e-6).flat).toBe(false);
  });
});
