import { figure6 } from "@mvt/report/figures/figure6";
import type { ConfusionMatrix } from "@mvt/report/figures/figure6";
import { describe, expect, test } from "vitest";
import { attributesOf, contrast, textsOf } from "./fixtures/svg.ts";

const rafDb: ConfusionMatrix = {
  dataset: "RAF-DB",
  classes: ["surprise", "fear", "neutral"],
  counts: [
    [90, 7, 3],
    [11, 22, 0],
    [0, 0, 0],
  ],
};
const ferPlus: ConfusionMatrix = { dataset: "FERPlus", classes: ["anger"], counts: [[1230]] };
const figure = (matrices = [rafDb, ferPlus], synthetic = false) =>
  figure6.draw(matrices, { synthetic });

describe("Figure 6", () => {
  test("shows every count with its percentage of the row, and none for a row without images", async () => {
    const texts = textsOf(await figure([rafDb]));
    const from = texts.indexOf("90");
    expect(texts.slice(from, from + 9).join(" ")).toBe("90 7 3 11 22 0 0 0 0");
    expect(texts.slice(from + 9, from + 18).join(" | ")).toBe(
      "90.0 % | 7.0 % | 3.0 % | 33.3 % | 66.7 % | 0.0 % | – | – | –",
    );
  });

  test("names every class on both axes, in the order given", async () => {
    const names = textsOf(await figure([rafDb])).filter((text) => rafDb.classes.includes(text));
    expect(names).toEqual([...rafDb.classes, ...rafDb.classes]);
  });

  test("sets the data sets side by side, each with its accuracy", async () => {
    expect(textsOf(await figure())).toEqual(
      expect.arrayContaining([
        "Figure 6: confusion matrices",
        "In each cell: images, and their share of the row.",
        "RAF-DB",
        "112 of 133 images right (84.2 %)",
        "FERPlus",
        "1230 of 1230 images right (100.0 %)",
        "True",
        "Predicted",
      ]),
    );
  });

  test("says of how many images and seeds its counts are added up", async () => {
    const two = { ...ferPlus, counts: [[1230]], seeds: 2 };
    const texts = textsOf(await figure([two]));
    expect(texts).toContain(
      "1230 of 1230 predictions right (100.0 %): 615 images with each of 2 seeds",
    );
    expect(texts).toContain("In each cell: predictions of all seeds, and their share of the row.");
  });

  test("is one picture to a screen reader, with a title and what it shows", async () => {
    const svg = await figure();
    expect(svg).toMatch(
      /^<svg [^>]* role="img"><title>Figure 6: confusion matrices<\/title><desc>/,
    );
    expect(/<desc>([^<]*)<\/desc>/.exec(svg)![1]).toBe(
      "RAF-DB: 112 of 133 images right (84.2 %); FERPlus: 1230 of 1230 images right (100.0 %). Rows are true classes, columns predicted ones.",
    );
  });

  test("says that synthetic data are synthetic, and nothing of the kind on real data", async () => {
    const warning =
      "Synthetic data: faces drawn by this project. Not comparable with the paper's figure.";
    expect(textsOf(await figure([rafDb], true))).toContain(warning);
    expect(textsOf(await figure([rafDb]))).not.toContain(warning);
  });

  test("is the same every time", async () => {
    const alone = await figure();
    expect(await figure()).toBe(alone);
  });

  test("has numbers that can be read on every shade", async () => {
    const svg = await figure();
    const inks = attributesOf(svg, "text", "fill");
    const shades = attributesOf(svg, "path", "fill").filter((colour) => colour.startsWith("rgb"));
    expect(shades.length).toBeGreaterThan(4);
    for (const ink of inks) {
      for (const shade of [...shades, "#ffffff"]) expect(contrast(ink, shade)).toBeGreaterThan(4.5);
    }
  });

  test("refuses counts that are not one row and column per class", async () => {
    const of = (...counts: readonly (readonly number[])[]) => figure([{ ...rafDb, counts }]);
    await expect(of([1, 2, 3], [1, 2])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: figure6: expected 3 rows of 3 counts for the 3 classes of RAF-DB, got rows of 3, 2]`,
    );
    await expect(of([1, 2, 3], [1, 2, 3], [1, 0.5, 3])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: figure6: expected counts of images on RAF-DB, got 0.5]`,
    );
    await expect(figure([])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: figure6: expected at least one matrix, got none]`,
    );
  });

  test("has no accuracy where there are no images", async () => {
    const none = { ...ferPlus, counts: [[0]] };
    expect(textsOf(await figure([none]))).toContain("no images");
  });
});
