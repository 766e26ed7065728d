import { ops, random } from "@mvt/core";
import { maskedPatchCount, maskForm, maskForms, shapeMask, topK, topKMask } from "@mvt/mgn";
import type { MaskFormName } from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";

const names = Object.keys(maskForms) as MaskFormName[];

describe("the forms of a mask", () => {
  test("have these configurations, which are part of run ids", () => {
    expect(names.map((name) => maskForm(name, 0.15))).toEqual([
      { kind: "soft" },
      { kind: "hard", threshold: 0.5 },
      { kind: "top-k", m: 0.15 },
    ]);
  });

  test("give these masks", async () => {
    const values = ops.constant(Float32Array.of(0.1, 0.5, 0.9, 0.6), [1, 4]);
    const masks = await evaluate({
      soft: shapeMask(values, maskForm("soft", 0.25)),
      hard: shapeMask(values, maskForm("hard", 0.25)),
      "top-k": shapeMask(values, maskForm("top-k", 0.25)),
    });
    expect(masks.soft).toBeAllClose([0.1, 0.5, 0.9, 0.6]);
    expect([...masks.hard]).toEqual([0, 0, 1, 1]);
    expect([...masks["top-k"]]).toEqual([0, 0, 1, 0]);
  });

  test.each(names)("%s says in its record whether it is binary", async (name) => {
    const values = ops.constant(Float32Array.of(0.1, 0.5, 0.9, 0.6), [1, 4]);
    const { mask } = await evaluate({ mask: shapeMask(values, maskForm(name, 0.25)) });
    expect(mask.every((value) => value === 0 || value === 1)).toBe(maskForms[name].binary);
  });
});

const inGraph = async (values: readonly number[], k: number) => {
  const Mp = ops.constant(Float32Array.from(values), [1, values.length]);
  return (await evaluate({ mask: topK(Mp, k) })).mask;
};

describe("the number of masked patches", () => {
  test("is round(m N): 20, 29 and 39 of 196 for the paper's mask ratios", () => {
    expect([0.1, 0.15, 0.2].map((m) => maskedPatchCount(m, 196))).toEqual([20, 29, 39]);
  });
});

const cases: Readonly<Record<string, readonly [values: number[], k: number, mask: number[]]>> = {
  "takes the highest values": [[0.1, 0.9, 0.3, 0.5], 2, [0, 1, 0, 1]],
  "takes the first of equal values": [[0.2, 0.5, 0.5, 0.5], 2, [0, 1, 1, 0]],
  "takes the first patches of a uniform mask": [[0.15, 0.15, 0.15], 1, [1, 0, 0]],
  "takes nothing for k = 0": [[0.4, 0.6], 0, [0, 0]],
  "takes everything for k = N": [[0.4, 0.6], 2, [1, 1]],
};

describe("top-k", () => {
  for (const [name, [values, k, mask]] of Object.entries(cases)) {
    test(`${name}, in the graph and on the host`, async () => {
      expect([...(await inGraph(values, k))]).toEqual(mask);
      expect([...topKMask(values, k)]).toEqual(mask);
    });
  }

  test("is one rule: both forms agree on 196 coarse values with many equals", async () => {
    const stream = random.stream(3, "values");
    const rows = [0, 1, 2].map(() => Array.from({ length: 196 }, () => stream.integer(12) / 12));
    const Mp = ops.constant(Float32Array.from(rows.flat()), [3, 196]);
    const { mask } = await evaluate({ mask: topK(Mp, 29) });
    expect([...mask]).toEqual(rows.flatMap((row) => [...topKMask(row, 29)]));
  });

  for (const k of [-1, 2.5, 5]) {
    test(`refuses k = ${k} of 4`, () => {
      const message = `top-k: expected a whole number of patches from 0 to 4, got ${k};`;
      expect(() => topKMask([1, 2, 3, 4], k)).toThrow(message);
      expect(() => topK(ops.zeros([1, 4]), k)).toThrow(message);
    });
  }
});
