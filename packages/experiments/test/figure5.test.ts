/** @file Figure 5 out of finished runs: which of them it takes. */
import { beforeAll, describe, expect, test } from "vitest";
import { UserError } from "@mvt/common";
import figure5 from "../src/studies/figure5.ts";
import type { Planner } from "../src/studies/planner.ts";
import { finishedPlanner, reportRequest } from "./fixtures/finished-planner.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";

describe("figure5", () => {
  let planner: Planner;

  beforeAll(async () => {
    const folder = await makeFolder();
    planner = await finishedPlanner(folder, ["raf-db"]);
    return () => removeFolder(folder);
  });

  const options = { ...reportRequest, datasets: ["raf-db"] as const };

  test("asks for the runs of the four functions and of those added, with every seed", async () => {
    const { runs } = await figure5.plan(planner, options);
    expect(runs).toHaveLength((4 + options.thresholds.length) * options.seeds.length);
  });

  test("refuses runs that have no accuracy after each epoch, before any is trained", async () => {
    const testedAtEnd: Planner = {
      ...planner,
      async classifier(asked) {
        const run = await planner.classifier(asked);
        const { training } = run.config;
        return { ...run, config: { ...run.config, training: { ...training, tests: "at-end" } } };
      },
    };
    const plan = figure5.plan(testedAtEnd, options);
    await expect(plan).rejects.toThrow(UserError);
    await expect(plan).rejects.toThrow(/tested after every epoch, got tests=at-end/);
  });
});
