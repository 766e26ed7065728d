/** @file The study of recipes: its rows, and from end to end at scale smoke. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { datasetNames } from "@mvt/datasets";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { defaultRecipe, recipeNames } from "../src/settings/recipes.ts";
import { requireCompatible } from "../src/settings/regularisation.ts";
import { scaleNames, scales, trainingOn, withRecipe } from "../src/settings/scales.ts";
import { options, recipeRows } from "../src/studies/recipe.ts";

describe("the rows of the study", () => {
  const rows = recipeRows(scales.quick);
  const named = recipeNames.filter((name) => name !== defaultRecipe);

  test("are the scale's setting, each option alone and each recipe", () => {
    expect(rows.map(({ name }) => name)).toEqual([
      "no option",
      ...Object.keys(options),
      ...named.map((name) => `recipe ${name}`),
    ]);
  });

  test("begin with the scale as it is", () => {
    expect(rows[0]!.scale).toBe(scales.quick);
  });

  test.for(scaleNames)("differ from it in one option each at scale %s", (name) => {
    const [base, ...others] = recipeRows(scales[name]);
    for (const { scale, what } of others) {
      if (what === "recipe") continue;
      const before: Readonly<Record<string, unknown>> = base!.scale.training;
      const changed = Object.entries(scale.training).filter(
        ([key, value]) => JSON.stringify(before[key]) !== JSON.stringify(value),
      );
      const keys = changed.map(([key]) => key).filter((key) => key !== "sampler");
      expect(keys).toHaveLength(1);
    }
  });

  test.for(scaleNames)("can be trained on every data set at scale %s", (name) => {
    for (const { scale } of recipeRows(scales[name])) {
      for (const dataset of datasetNames) {
        const { training } = trainingOn(dataset, scale);
        expect(() => requireCompatible({ training })).not.toThrow();
      }
    }
  });

  test("end with the recipes as --recipe has them", () => {
    for (const recipe of named) {
      const { scale } = rows.find(({ name }) => name === `recipe ${recipe}`)!;
      expect(scale).toEqual(withRecipe(scales.quick, recipe));
    }
  });

  test("know the options that a recipe has", () => {
    const partsOf = (recipe: string) => rows.find(({ name }) => name === recipe)!.parts;
    const both = ["label smoothing", "mixup", "CutMix"];
    expect(partsOf("recipe deit-finetune")).toEqual([...both, "RandAugment"]);
    expect(partsOf("recipe mae-finetune")).toEqual([
      ...both,
      "drop path",
      "layer decay",
      "RandAugment",
    ]);
  });
});

describe("recipe", () => {
  test(
    "trains RAF-DB alone, and writes and prints one table",
    { tags: ["slow"], timeout: 300_000 },
    async ({ onTestFinished }) => {
      const folder = await makeFolder();
      onTestFinished(() => removeFolder(folder));
      const args = ["recipe", "--scale", "smoke", "--set", "epochs=2", "--out", "out"];
      const { exitCode, stdout } = await runCommand(args, folder);
      expect(exitCode).toBe(0);
      const out = join(folder, "out");
      expect(await readdir(out)).toEqual(["recipe.csv", "recipe.html", "recipe.md"]);
      expect(await readFile(join(out, "recipe.md"), "utf8")).toBe(stdout);
      const csv = await readFile(join(out, "recipe.csv"), "utf8");
      const rows = parse<Record<string, string>>(csv, { columns: true });
      expect(rows.map(({ dataset, option }) => [dataset, option])).toEqual(
        recipeRows(scales.smoke).map(({ name }) => ["RAF-DB", name]),
      );
      expect(new Set(rows.map(({ runs }) => runs)).size).toBe(rows.length);
    },
  );
});
