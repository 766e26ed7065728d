/** @file The matrix products that are timed alone. */
import { deit } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { productTimer, totalSeconds } from "../src/workloads/matrix-products.ts";
import { programOf } from "../src/workloads/step.ts";

describe("the matrix products of a step", () => {
  test(
    "are all timed, each on the number of threads that suits it",
    { timeout: 60_000 },
    async () => {
      const model = { ...deit.variants.nano, depth: 2, classes: 7 };
      const timer = productTimer(programOf({ kind: "evaluate", model, batchSize: 2 }), 2);
      const first = await timer.time();
      const second = await timer.time();
      expect(second.map(({ threads }) => threads)).toEqual(first.map(({ threads }) => threads));
      expect(totalSeconds(first)).toBeGreaterThan(0);
      // [B T, D] x [D, 4 D]ᵀ of the classifier's first block: T = 37 tokens of width 64, MLP ratio 2.
      const flop = 2 * (2 * 37) * 64 * 128;
      expect(first).toContainEqual(
        expect.objectContaining({ shape: "[74, 64] x [128, 64]ᵀ", count: 1, flop }),
      );
    },
  );
});
