import { random } from "@mvt/core";
import { describe, expect, test } from "vitest";
import type { ExpressionPatches } from "../src/data/expression-patches.ts";
import { auc, measureMasks } from "../src/masks/ground-truth-measures.ts";

describe("the area under the ROC curve", () => {
  test("is the share of pairs in order, ties counting half", () => {
    // Positives 3 and 1, negatives 2, 1 and 0: pairs in order 3>2, 3>1, 3>0, 1>0, and 1=1 is half.
    expect(auc([3, 1, 2, 1, 0], [1, 1, 0, 0, 0])).toBeCloseTo(4.5 / 6, 12);
  });
  test("is 1 for a perfect order, 0 for its reverse, a half for equal scores", () => {
    expect(auc([2, 3, 0, 1], [1, 1, 0, 0])).toBe(1);
    expect(auc([0, 1, 2, 3], [1, 1, 0, 0])).toBe(0);
    expect(auc([5, 5, 5, 5], [1, 1, 0, 0])).toBe(0.5);
  });
  test("agrees with counting all pairs, ties and all", () => {
    const stream = random.stream(3, "scores");
    const scores = Array.from({ length: 80 }, () => stream.integer(12));
    const positive = Array.from({ length: 80 }, () => Number(stream.bernoulli(0.3)));
    let [pairs, inOrder] = [0, 0];
    for (let i = 0; i < 80; i += 1) {
      for (let j = 0; j < 80; j += 1) {
        if (positive[i] === 0 || positive[j] === 1) continue;
        pairs += 1;
        inOrder += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      }
    }
    expect(auc(scores, positive)).toBeCloseTo(inOrder / pairs, 12);
  });
  test("is undefined without positives or without negatives", () => {
    expect(auc([1, 2], [0, 0])).toBeUndefined();
    expect(auc([1, 2], [1, 1])).toBeUndefined();
  });
});

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
