import { basename, resolve } from "node:path";
import {
  createRelabeller,
  cutOff,
  instantiate,
  LabelLedger,
  loadThreshold,
  neutralContext,
} from "@mvt/relabel";
import { describe, expect, test } from "vitest";
import classAdaptive from "../src/index.ts";
import own from "../package.json" with { type: "json" };

const folder = resolve(import.meta.dirname, "..");
const repository = resolve(folder, "../..");

/** f for an image whose class has the mean P_gt c. */
function fOf(
  c: number,
  parameters: Parameters<typeof instantiate<"clean" | "noisy" | "height">>[1] = {},
) {
  const { inContext } = instantiate(classAdaptive, parameters);
  const context = { ...neutralContext, label: 1, classConfidence: [1, c, 1, 1, 1, 1, 1, 1] };
  return (pGt: number) => inContext!(pGt, context);
}

describe("the class-adaptive threshold", () => {
  test("is 0 up to half of the class mean, 1 from the mean on, and a line between", () => {
    expect([0, 0.4, 0.5, 0.6, 0.7, 0.8, 1].map(fOf(0.8))).toBeAllClose([
      0, 0, 0.25, 0.5, 0.75, 1, 1,
    ]);
  });

  test("asks more of the same P_gt in a class that is recognised worse", () => {
    expect([0.2, 0.4, 0.5, 0.8].map((c) => fOf(c)(0.3))).toBeAllClose([1, 0.5, 0.2, 0]);
  });

  test("has thresholds and height as parameters", () => {
    const f = fOf(0.5, { clean: 0.8, noisy: 0.2, height: 0.5 }); // from .1 to .4
    expect([0.1, 0.25, 0.4, 0.9].map(f)).toBeAllClose([0, 0.25, 0.5, 0.5]);
  });

  test("is a step where the noisy threshold is not below the clean one", () => {
    expect([0.39, 0.4, 0.6].map(fOf(0.5, { clean: 0.8, noisy: 1.2 }))).toEqual([0, 1, 1]);
  });

  test("keeps the labels of a class that is never recognised", () => {
    expect([0, 0.1].map(fOf(0))).toEqual([1, 1]);
  });

  test("satisfies Eq. 6's conditions over the range of its parameters", () => {
    for (const clean of [0.01, 1, 2]) {
      for (const noisy of [0, 0.5, 3]) {
        expect(() => instantiate(classAdaptive, { clean, noisy, height: 0.7 })).not.toThrow();
      }
    }
  });

  test("has the cut-off .3 for a class mean of 1/2", () => {
    expect(cutOff(instantiate(classAdaptive), 0.2)).toBeCloseTo(0.3, 12); // 1 - 2p = 4p - 1 + .2
  });

  test("relabels the doubtful image of a class that is known well, and not that of another", () => {
    const ledger = new LabelLedger({
      ids: ["happy", "happy?", "afraid", "afraid?"],
      given: [0, 0, 1, 1],
      classes: ["happiness", "fear", "anger"],
    });
    const threshold = instantiate(classAdaptive);
    const relabeller = createRelabeller({ threshold, startEpoch: 2 }, ledger);
    const all = [0, 1, 2, 3];
    const rows = Float32Array.from(
      [
        [0.9375, 0.0625, 0],
        [0.25, 0.125, 0.625], // the lead is .375
        [0.375, 0.25, 0.375],
        [0.125, 0.25, 0.625], // and here
      ].flat(),
    );
    relabeller.observe(1, all, rows); // happiness .59375, fear .25
    const changes = relabeller.observe(2, all, rows);
    expect(changes.map(({ id, to }) => [id, to])).toEqual([["happy?", "anger"]]);
  });

  test.each([
    ["its folder", `./plugins/${basename(folder)}`, repository],
    ["its package name", own.name, folder],
  ])("loads by %s", async (_, spec, from) => {
    const threshold = await loadThreshold(`${spec}:noisy=0.4`, { from });
    expect(threshold).toMatchObject({
      name: "class-adaptive",
      parameters: { clean: 1, noisy: 0.4, height: 1 },
    });
    expect(threshold.inContext).toBeTypeOf("function");
  });
});
