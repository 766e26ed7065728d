import { figure5 } from "@mvt/report/figures/figure5";
import type { Figure5 } from "@mvt/report/figures/figure5";
import { describe, expect, test } from "vitest";
import { attributesOf, contrast, textsOf, translationsOf } from "./fixtures/svg.ts";

const upToHalf = [0, 0.1, 0.2, 0.3, 0.4, 0.5];
const curve = (f: (pGt: number) => number) => upToHalf.map((pGt) => [pGt, f(pGt)] as const);
const functions: Figure5["functions"] = [
  { name: "constant", points: curve(() => 0), cutOff: 0.4 },
  { name: "linear", points: curve((p) => p), cutOff: 4 / 15 },
  { name: "quadratic", points: curve((p) => p ** 2), cutOff: 0.3416 },
];
const convergence: Figure5["convergence"] = [
  {
    dataset: "RAF-DB",
    relabelStart: 3,
    curves: [
      {
        name: "constant",
        seeds: [
          [0.2, 0.4, 0.5, 0.52],
          [0.3, 0.42, 0.5, 0.54],
        ],
      },
      { name: "no relabelling", seeds: [[0.2, 0.4, 0.5, 0.6]] },
    ],
  },
];
const figure = (changes: Partial<Figure5> = {}) =>
  figure5.draw({ delta: 0.2, functions, convergence, synthetic: false, ...changes });

describe("Figure 5", () => {
  test("names every function with its cut-off, and every other curve", async () => {
    expect(textsOf(await figure())).toEqual(
      expect.arrayContaining([
        "Figure 5: relabelling threshold functions",
        "Threshold f(P_gt) + δ, δ = 0.2",
        "constant, to P_gt = 0.400",
        "linear, to P_gt = 0.267",
        "quadratic, to P_gt = 0.342",
        "no relabelling",
        "RAF-DB",
        "mean, lowest and highest of 1 to 2 seeds",
      ]),
    );
  });

  test("marks every cut-off where the threshold meets 1 − 2 P_gt", async () => {
    const drops = translationsOf(
      await figure({ convergence: [] }),
      /<line transform="translate\(([^)]*)\)"[^>]*stroke-dasharray="1,3"/g,
    );
    const [end] = attributesOf(await figure({ convergence: [] }), "path", "d")
      .map((d) => /^M0,0L([\d.]+),/.exec(d)?.[1])
      .filter((x) => x !== undefined); // the limit falls to 0 at P_gt = 0.5
    expect(drops).toBeAllClose(
      [0.4, 4 / 15, 0.3416].map((cutOff) => Number(end) * (cutOff / 0.5)),
      { atol: 0.01 },
    );
  });

  test("draws a rule at the epoch in which relabelling starts, and says so", async () => {
    const svg = await figure();
    const rule = /<line transform="translate\(([^)]*)\)"[^>]*stroke-width="1.5"/g;
    const epoch3 = /<text[^>]*translate\(([^)]*)\)[^>]*>3<\/text>/g;
    expect(translationsOf(svg, rule)).toHaveLength(1);
    expect(translationsOf(svg, rule)).toBeAllClose(translationsOf(svg, epoch3));
    expect(textsOf(svg)).toContain("relabelling starts (epoch 3)");
  });

  test("says so where training ends before relabelling starts", async () => {
    const svg = await figure({ convergence: [{ ...convergence[0]!, relabelStart: 10 }] });
    expect(svg).not.toContain('stroke-width="1.5"');
    expect(textsOf(svg)).toContain("ends before relabelling starts (epoch 10)");
  });

  test("says that synthetic data are synthetic, and nothing of the kind on real data", async () => {
    const warning =
      "Synthetic data: faces drawn by this project. Not comparable with the paper's figure.";
    expect(textsOf(await figure({ synthetic: true }))).toContain(warning);
    expect(textsOf(await figure())).not.toContain(warning);
  });

  test("has one panel for every data set", async () => {
    const both = [convergence[0]!, { ...convergence[0]!, dataset: "FERPlus" }];
    const texts = textsOf(await figure({ convergence: both }));
    expect(texts.filter((text) => text === "Epoch")).toHaveLength(2);
    expect(texts).toContain("FERPlus");
  });

  test("is the same every time, also if two are drawn at once", async () => {
    const alone = await figure();
    const [beside] = await Promise.all([figure(), figure({ synthetic: true })]);
    expect(beside).toBe(alone);
  });

  test("tells series apart without colour", async () => {
    const svg = await figure();
    const dashes = [...svg.matchAll(/stroke-width="2" stroke-dasharray="([^"]*)"/g)];
    const shapes = [...svg.matchAll(/ d="([^"]*)" fill="#\w*" stroke-width="2" opacity="1"/g)];
    const inLegend = (found: readonly RegExpMatchArray[]) =>
      found.slice(0, 4).map(([, how]) => how);
    expect(new Set(inLegend(dashes)).size).toBe(4);
    expect(new Set(inLegend(shapes)).size).toBe(4);
  });

  test("has a white background, on which all of it can be read", async () => {
    const svg = await figure();
    expect(svg).toMatch(
      /^<svg[^>]*><title>[^<]+<\/title><desc>[^<]+<\/desc><rect width="\d+" height="\d+" fill="#ffffff"\/>/,
    );
    for (const colour of attributesOf(svg, "text", "fill")) {
      expect(contrast(colour, "#ffffff"), colour).toBeGreaterThan(4.5);
    }
    for (const [, colour] of svg.matchAll(/stroke="([^"]*)" stroke-width="2"/g)) {
      expect(contrast(colour!, "#ffffff"), colour).toBeGreaterThan(3);
    }
  });

  test("keeps a name that looks like markup a name", async () => {
    const svg = await figure({ functions: [{ ...functions[0]!, name: "a<b&c" }] });
    expect(textsOf(svg)).toContain("a<b&c, to P_gt = 0.400");
  });

  test("says of a function that it never relabels", async () => {
    const never = { name: "one", points: curve(() => 1), cutOff: 0 };
    expect(textsOf(await figure({ functions: [never] }))).toContain("one, never relabels");
  });

  test("says which functions depend on more than P_gt, and are drawn for one example", async () => {
    const adaptive = { ...functions[1]!, name: "adaptive", example: true };
    expect(textsOf(await figure({ functions: [functions[0]!, adaptive] }))).toContain(
      "drawn for one example: adaptive",
    );
    expect(textsOf(await figure()).join()).not.toContain("drawn for one example");
  });

  test("refuses seeds that can not be drawn, and no function or curve at all", async () => {
    const of = (...seeds: readonly (readonly number[])[]) =>
      figure({ convergence: [{ ...convergence[0]!, curves: [{ name: "linear", seeds }] }] });
    await expect(of([0.1, 0.2], [0.1])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: figure5: expected seeds of linear on RAF-DB with equally many epochs, got 2, 1]`,
    );
    await expect(of()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: figure5: expected seeds of linear on RAF-DB with equally many epochs, got no seed]`,
    );
    await expect(of([0.1, 87.2])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: figure5: expected accuracies of linear on RAF-DB from 0 to 1, got 87.2]`,
    );
    await expect(
      figure({ convergence: [{ ...convergence[0]!, curves: [] }] }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: figure5: expected at least one curve on RAF-DB, got none]`,
    );
    await expect(figure({ functions: [] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: figure5: expected at least one function, each with points]`,
    );
  });
});
