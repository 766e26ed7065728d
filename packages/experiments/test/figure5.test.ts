/** @file Figure 5 out of finished runs: which of them it takes. */
import { beforeAll, describe, expect, test } from "vitest";
import figure5 from "../src/tables/figure5.ts";
import type { Workbench } from "../src/tables/workbench.ts";
import { UsageError } from "../src/usage-error.ts";
import { finishedWorkbench, reportOptions } from "./fixtures/finished-workbench.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";

describe("figure5", () => {
  let workbench: Workbench;

  beforeAll(async () => {
    const folder = await makeFolder();
    workbench = await finishedWorkbench(folder, ["raf-db"]);
    return () => removeFolder(folder);
  });

  const options = { ...reportOptions, datasets: ["raf-db"] as const };

  test("asks for the runs of the four functions and of those added, with every seed", async () => {
    const { runs } = await figure5.plan(workbench, options);
    expect(runs).toHaveLength((4 + options.added.length) * options.seeds.length);
  });

  test("refuses runs that have no accuracy after each epoch, before any is trained", async () => {
    const testedAtEnd: Workbench = {
      ...workbench,
      async plan(asked) {
        const run = await workbench.plan(asked);
        const { training } = run.config;
        return { ...run, config: { ...run.config, training: { ...training, tests: "at-end" } } };
      },
    };
    const plan = figure5.plan(testedAtEnd, options);
    await expect(plan).rejects.toThrow(UsageError);
    await expect(plan).rejects.toThrow(/tested after every epoch, got tests=at-end/);
  });
});
