import { describe, expect, test } from "vitest";
import { refuses } from "@mvt/testing/mistakes";
import { changesOf, scaleOf } from "../src/cli/request.ts";
import { runId } from "../src/settings/run-config.ts";
import { defaultRecipe, recipeNames, recipes } from "../src/settings/recipes.ts";
import { scaleNames, scales, withRecipe } from "../src/settings/scales.ts";
import { assignmentsOf } from "../src/settings/setting-paths.ts";
import { settingPaths, settings } from "../src/settings/training.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const others = recipeNames.filter((name) => name !== defaultRecipe);

describe("the default recipe", () => {
  test.for(scaleNames)("changes nothing at scale %s", (scale) => {
    const unchanged = { onDataset: {}, ...scales[scale] };
    expect(scaleOf({ scale, recipe: "paper" })).toEqual(unchanged);
    expect(scaleOf({ scale })).toEqual(unchanged);
  });

  test("leaves the titles of runs as they are", () => {
    expect(changesOf({ recipe: "paper", set: ["epochs=3"] })).toEqual(["epochs=3"]);
  });
});

describe.each(others)("the recipe %s", (recipe) => {
  test.for(scaleNames)("fits scale %s, and changes classifiers alone", (name) => {
    const { training, mgn, onDataset = {}, ...rest } = withRecipe(scales[name], recipe);
    const usual = scales[name];
    expect(training).not.toEqual(usual.training);
    expect(mgn).toEqual(usual.mgn);
    expect({ ...usual, ...rest }).toEqual(usual);
    for (const [dataset, own] of Object.entries(usual.onDataset ?? {})) {
      const { training: ownTraining, mgn: ownMgn } = onDataset[dataset as keyof typeof onDataset]!;
      expect(ownMgn).toEqual(own.mgn);
      expect(ownTraining).toMatchObject({ sampler: "balanced", labelSmoothing: 0.1 });
    }
  });

  test("names settings that there are, with a source", () => {
    const known = settingPaths(settings);
    const { changes, source } = recipes[recipe] as (typeof recipes)["mae-finetune"];
    expect(known).toEqual(expect.arrayContaining(Object.keys(changes)));
    expect(source).toMatch(/arXiv:\d{4}\.\d{5}/);
  });

  test("gives way to --set", () => {
    const { training } = scaleOf({ recipe, set: ["labelSmoothing=0.2", "mixup.alpha=0.1"] });
    expect(training).toMatchObject({ labelSmoothing: 0.2, mixup: { alpha: 0.1, cutmixAlpha: 1 } });
  });

  test("gives way to another optimiser", () => {
    const { training } = scaleOf({ recipe, set: ["optimizer=sgd"] });
    expect(training).toMatchObject({ optimizer: "sgd", sgd: { momentum: 0.9 } });
    expect(training).not.toHaveProperty("adamw");
  });

  test("makes the run that its settings make, whatever they are called", () => {
    const idOf = (scale: ReturnType<typeof scaleOf>) =>
      runId({ ...tinyConfig, training: scale.training });
    const named = scaleOf({ recipe });
    expect(idOf(named)).toBe(idOf(scaleOf({ set: assignmentsOf(recipes[recipe].changes) })));
    expect(idOf(named)).not.toBe(idOf(scaleOf({})));
    expect(JSON.stringify(named)).not.toContain(recipe);
  });

  test("stands in the titles of runs", () => {
    expect(changesOf({ recipe, set: ["epochs=3"] })).toEqual([`recipe ${recipe}`, "epochs=3"]);
  });
});

describe("--recipe", () => {
  refuses([
    {
      what: "is refused where it has no effect",
      args: "clutter --recipe mae-finetune",
      exitCode: 2,
      stderr:
        "--recipe mae-finetune: expected it with a command which trains by one recipe, got it with `clutter`, where it has no effect. Leave it out.",
    },
    {
      what: "is one of the list",
      args: "train --recipe deit-finetun",
      exitCode: 2,
      stderr:
        '--recipe deit-finetun: expected one of paper, deit-finetune, mae-finetune. Did you mean "deit-finetune"? `pnpm exp train --help` lists the options.',
    },
  ]);
});
