/** @file The table of what options of training give. */
import { toCsv, toMarkdown } from "@mvt/report";
import { recipeTable } from "@mvt/report/tables/recipe-table";
import type { RecipeRow } from "@mvt/report/tables/recipe-table";
import { describe, expect, test } from "vitest";
import { provenance, run } from "./fixtures/runs.ts";

const row = (
  name: string,
  counts: readonly number[],
  about: Partial<RecipeRow> = {},
): RecipeRow => ({
  dataset: "RAF-DB",
  kind: "synthetic",
  name,
  settings: `${name}=1`,
  what: "option",
  runs: counts.map((k, seed) => run(seed, k)),
  ...about,
});
const none = row("no option", [380, 372, 376, 379, 373], { what: "none", settings: "" });
const better = row("EMA", [400, 393, 395, 400, 392]);
const worse = row("mixup", [350, 341, 347, 349, 344]);
const same = row("SAM", [379, 374, 375, 381, 372]);
const whole = row("recipe all", [385, 375, 384, 384, 375], {
  what: "recipe",
  settings: "--recipe all",
  parts: ["EMA", "mixup"],
});

const build = (rows: readonly RecipeRow[]) =>
  recipeTable.build(rows, provenance("synthetic"), { select: "last" });
const leadOf = (rows: readonly RecipeRow[]) => build(rows).lead;

describe("the table of recipes", () => {
  test("has the difference of every row to the one without options", () => {
    const markdown = toMarkdown(build([none, better, worse, same, whole]));
    expect(markdown).toMatch(/\| Option +\| Settings +\| Accuracy \(%\) +\| Minus no option/);
    expect(markdown).toMatch(/\| EMA +\| EMA=1 +\|[^|]+\| \+4\.0 ± 0\.1 +\|/);
    expect(markdown).toMatch(/\| recipe all +\| --recipe all +\|[^|]+\| \+0\.9 ± 0\.2 +\|/);
    expect(toCsv(build([none, better]))).toMatch(/^dataset,option,settings,seeds,/);
  });

  test("says first what is clear, and how sure it is, then what options give alone and together", () => {
    expect(leadOf([none, better, worse, same, whole])).toMatchInlineSnapshot(
      `"On RAF-DB, accuracy is clearly higher with EMA (+4.0 ± 0.1 points, p below 0.001) and recipe all (+0.9 ± 0.2 points, p = 0.022) and clearly lower with mixup (−6.0 ± 0.1 points, p below 0.001) than with no option, and one row is not distinguishable from it (5 seeds, 500 test images, p corrected for 4 comparisons). One standard error of a row is 1.8 to 2.1 points. On RAF-DB, of 3 options alone, compared with no option, 1 is clearly better (EMA +4.0 ± 0.1 points), 1 is clearly worse (mixup −6.0 ± 0.1 points) and 1 is not distinguishable (0.0 points). As a whole, recipe all gives +0.9 ± 0.2 points, which is clearly better; alone, EMA and mixup add up to −2.0 ± 0.0 points."`,
    );
  });

  test("leaves the sum out where fewer than two of its options are rows", () => {
    const lead = leadOf([none, better, { ...whole, parts: ["EMA"] }]);
    expect(lead).toContain("As a whole, recipe all gives");
    expect(lead).not.toContain("add up");
  });

  test("changes its findings with the numbers", () => {
    expect(leadOf([none, { ...same, name: "EMA" }])).toContain(
      "none is distinguishable (0.0 points)",
    );
    expect(leadOf([none, better])).toContain("1 is clearly better");
  });

  test("works with one seed, of which nothing is clear by chance alone", () => {
    const one = (of: RecipeRow) => ({ ...of, runs: of.runs.slice(0, 1) });
    const lead = leadOf([none, better, worse, whole].map(one));
    expect(lead).toContain("one seed");
    expect(lead).toContain("add up to −2.0 points.");
  });

  test("compares rows with their own data set", () => {
    const on = (of: RecipeRow) => ({ ...of, dataset: "FERPlus" });
    const lead = leadOf([none, better, on(none), on(worse)]);
    expect(lead).toContain("On RAF-DB, of 1 option alone");
    expect(lead).toContain("On FERPlus, of 1 option alone");
  });

  test.each([
    ["no row without options", [better], "recipe: expected a row without options of RAF-DB"],
    ["a row twice", [none, better, better], "recipe: expected one row for EMA on RAF-DB, got two"],
  ])("refuses %s", (_, rows, message) => {
    expect(() => build(rows)).toThrow(message);
  });
});
