/** @file Titles of runs name what sets them apart: parameters of f, settings of --set, options of relabelling. */
import { instantiate, thresholds } from "@mvt/relabel";
import { describe, expect, test } from "vitest";
import type { PreparedSets } from "../src/data/prepared-sets.ts";
import { createPlanner } from "../src/studies/planner.ts";
import type { PlanRequest } from "../src/studies/planner.ts";
import { drawnSet } from "./fixtures/memory-set.ts";
import { smokeRequest } from "./fixtures/plan-request.ts";

const data = drawnSet();

function plannerFor(request: Partial<PlanRequest> = {}) {
  const sets: PreparedSets = {
    request: smokeRequest,
    get: () => Promise.resolve(data),
    synthetic: () => Promise.resolve(data),
  };
  return createPlanner({ ...smokeRequest, ...request }, sets);
}

const spec = { dataset: "raf-db", seed: 0 } as const;
const sigmoid = (k: number) => ({
  spec: `sigmoid:k=${k}`,
  threshold: instantiate<string>(thresholds.sigmoid, { k }),
});
const constant = { spec: "constant", threshold: instantiate<string>(thresholds.constant, {}) };

describe("the title of a run", () => {
  test("names no default", async () => {
    expect((await plannerFor().classifier(spec)).title).toBe("RAF-DB, no relabelling, seed 0");
    const { title } = await plannerFor().classifier({ ...spec, relabel: constant });
    expect(title).toBe("RAF-DB, constant, seed 0");
  });

  test("tells the parameters of one function apart", async () => {
    const planned = [sigmoid(12), sigmoid(30)].map((relabel) =>
      plannerFor().classifier({ ...spec, relabel }),
    );
    expect((await Promise.all(planned)).map(({ title }) => title)).toEqual([
      "RAF-DB, sigmoid:k=12, seed 0",
      "RAF-DB, sigmoid:k=30, seed 0",
    ]);
  });

  test("has the settings that were changed", async () => {
    const changes = ["schedule.learningRate=1e-4", "mgn.epochs=3"];
    const planner = plannerFor({ changes });
    expect((await planner.classifier(spec)).title).toBe(
      "RAF-DB, no relabelling, schedule.learningRate=1e-4, seed 0",
    );
    expect((await planner.classifier({ ...spec, mgn: { m: 0.2 } })).title).toBe(
      "RAF-DB, MGN m = 0.2, no relabelling, schedule.learningRate=1e-4, mgn.epochs=3, seed 0",
    );
  });

  test("has the options of relabelling, where it relabels", async () => {
    const planner = plannerFor({ delta: 0.3, reference: "original", relabelStart: 5 });
    expect((await planner.classifier({ ...spec, relabel: constant })).title).toBe(
      "RAF-DB, constant, δ = 0.3, reference original, from epoch 5, seed 0",
    );
    expect((await planner.classifier(spec)).title).toBe("RAF-DB, no relabelling, seed 0");
  });
});
