import { describe, expect, test } from "vitest";
import { maskColour } from "../src/view/paint.ts";

/** Relative luminance of sRGB, ITU-R BT.709. */
function luminance(colour: readonly number[]): number {
  const [r, g, b] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

describe("the colour of a mask value", () => {
  test("grows brighter with it, so that the order is seen without colour", () => {
    const values = Array.from({ length: 21 }, (_, i) => luminance(maskColour(i / 20)));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(new Set(values).size).toBe(21);
  });

  test("has a contrast of 3 and more between its ends, as WCAG asks of graphics", () => {
    const contrast = (luminance(maskColour(1)) + 0.05) / (luminance(maskColour(0)) + 0.05);
    expect(contrast).toBeGreaterThan(3);
  });

  test("stays at its ends outside of 0 and 1", () => {
    expect(maskColour(-0.1)).toEqual(maskColour(0));
    expect(maskColour(1.1)).toEqual(maskColour(1));
  });
});
