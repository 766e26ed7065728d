import { describe, expect, test } from "vitest";
import type { ExpressionPatches } from "../src/data/expression-patches.ts";
import { measureMasks } from "../src/masks/ground-truth-measures.ts";

describe("the measures of masks", () => {
  // Two images of four patches; the expression sits in patches 1 and 2 of the first, 0 of the second.
  const truth: ExpressionPatches = {
    energy: Float32Array.of(0, 6, 4, 0, /**/ 8, 1, 1, 0),
    carries: Uint8Array.of(0, 1, 1, 0, /**/ 1, 0, 0, 0),
  };
  const options = { patches: 4, m: 0.25 };

  test("are perfect for masks that remove what carries nothing", () => {
    const removal = Float32Array.of(0, 0, 0, 1, /**/ 0, 0, 0, 1);
    const { expressionless, energyOverM } = measureMasks({ removal }, truth, options);
    expect(expressionless).toBe(1);
    expect(energyOverM).toBe(0);
  });
  test("count removed patches and removed energy over m, by hand", () => {
    const removal = Float32Array.of(0, 1, 0, 0, /**/ 0, 0, 0, 1);
    const { expressionless, energyOverM } = measureMasks({ removal }, truth, options);
    expect(expressionless).toBe(1 / 2); // one of the two removed patches
    expect(energyOverM).toBeCloseTo((6 / 10 + 0) / 2 / 0.25, 6);
  });
  test("take the round(m N) highest patches of a soft mask, and weigh its energy softly", () => {
    const removal = Float32Array.of(0.1, 0.2, 0.1, 0.6, /**/ 0.5, 0.2, 0.2, 0.1);
    const { expressionless, energyOverM } = measureMasks({ removal }, truth, options);
    expect(expressionless).toBe(1 / 2); // patch 3 of the first, patch 0 of the second
    expect(energyOverM).toBeCloseTo(
      ((0.2 * 6 + 0.1 * 4) / 10 + (0.5 * 8 + 0.2 + 0.2) / 10) / 2 / 0.25,
      5,
    );
  });
  test("leave out the share of removed patches where nothing is removed", () => {
    const nothing = measureMasks({ removal: new Float32Array(8) }, truth, options);
    expect(nothing.expressionless).toBeUndefined();
    expect(nothing.energyOverM).toBe(0);
  });
  test("give one mask for all images chance within a position, and its due by position", () => {
    const removal = Float32Array.of(0, 0, 0, 1, /**/ 0, 0, 0, 1);
    const {
      auc: whole,
      positionAuc,
      withinPositionAuc,
    } = measureMasks({ removal }, truth, options);
    expect(positionAuc).toBe(whole);
    expect(withinPositionAuc).toBe(0.5);
  });
  test("tell masks that follow the image from masks that follow the position", () => {
    const removal = Float32Array.from(truth.carries, (carries) => 1 - carries); // knows each image
    const {
      auc: whole,
      positionAuc,
      withinPositionAuc,
    } = measureMasks({ removal }, truth, options);
    expect(whole).toBe(1);
    expect(withinPositionAuc).toBe(1);
    expect(positionAuc).toBeLessThan(1);
  });
});
