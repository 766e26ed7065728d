/** @file The guide's costs are what the planner and the scales give; runs that need others come after them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { publishedSet } from "../costs/counted-sets.ts";
import { withTables } from "../costs/guide.ts";
import { costedCommands, planCommand } from "../costs/plans.ts";
import { scheduleRuns } from "../costs/schedule.ts";
import { costTables } from "../costs/tables.ts";
import { bytesOf, parametersOf, workOf } from "../costs/work.ts";
import type { RunPlan } from "../src/runs/planned-run.ts";

const commandOf = (name: string) => costedCommands.find(({ command }) => command === name)!;

test("docs/guides/costs.md has the tables that `pnpm costs --write` writes", async () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/guides/costs.md"), "utf8");
  expect(withTables(guide, await costTables())).toBe(guide);
}, 120_000);

test("a guide has a place for every table, and a table for every place", () => {
  const place = "<!-- costs: runs -->\nold\n<!-- end -->\n";
  expect(withTables(place, { runs: "new" })).toBe("<!-- costs: runs -->\n\nnew\n\n<!-- end -->\n");
  expect(() => withTables(place, {})).toThrow("runs: expected the name of a table");
  expect(() => withTables("", { runs: "new" })).toThrow("found none for runs");
});

describe("a set of counts", () => {
  test.each([
    ["raf-db", [11_044, 1227, 3068]], // a tenth of every class of 12,271 is held out
    ["ferplus", [28_389, 3553, 3546]],
    ["affectnet-7", [255_511, 28_390, 3500]], // of 283,901
    ["affectnet-8", [258_886, 28_765, 4000]], // of 287,651
  ] as const)("has as many images as %s", (name, counts) => {
    const { train, validation, test: tested } = publishedSet(name);
    expect([train, validation, tested].map(({ rows }) => rows.length)).toEqual(counts);
  });
});

describe("the plan of Table 1 on RAF-DB", () => {
  let plan: RunPlan;
  const rates = { step: 1, maskedStep: 2, mgnSteps: 4, evaluation: 10, maskedEvaluation: 20 };

  beforeAll(async () => {
    const command = { ...commandOf("table1"), datasets: ["raf-db"] as const };
    plan = await planCommand(command, { seeds: 1, separate: false });
  });

  const runOf = (kind: "plain" | "mgn" | "masked") =>
    plan.missing.find(({ config }) =>
      config.kind === "mgn" ? kind === "mgn" : (config.mgn ? "masked" : "plain") === kind,
    )!;

  test("has a baseline, and for each of three m a generator and a masked classifier", () => {
    expect(plan.missing.map(({ config }) => config.kind).toSorted()).toEqual([
      ...Array(4).fill("classifier"),
      ...Array(3).fill("mgn"),
    ]);
  });

  test("takes the time of training steps, of validation and test images after each epoch, and of the test at the end", () => {
    const images = 40 * 11_044;
    const predicted = 40 * (1227 + 3068) + 3068;
    expect(workOf(runOf("plain"), rates)).toEqual({
      trained: images,
      predicted,
      seconds: images + predicted / 10,
    });
    expect(workOf(runOf("masked"), rates).seconds).toBe(images / 2 + predicted / 20);
    expect(workOf(runOf("mgn"), rates)).toEqual({
      trained: 110_440,
      predicted: 0,
      seconds: 110_440 / 4,
    });
  });

  test("leaves two files of DeiT-S's 21.7 million weights per classifier, and half a network per generator", () => {
    expect(parametersOf(runOf("plain").config.model) / 1e6).toBeCloseTo(21.67, 2);
    expect(bytesOf(runOf("plain")) / 1e6).toBeCloseTo(174.4, 0);
    expect(bytesOf(runOf("mgn")) / 1e6).toBeCloseTo(43.9, 0);
  });

  test("has a chain of three runs, below which no number of machines gets", () => {
    const seconds = { classifier: 10, mgn: 2 };
    const schedule = (places: number) =>
      scheduleRuns(plan, ({ config }) => seconds[config.kind], places);
    expect(schedule(1)).toEqual({ seconds: 46, chain: 22, waves: 3 });
    expect(schedule(2).seconds).toBe(32); // 10, two generators, the third beside the first classifier, then the others
    expect(schedule(3)).toEqual(schedule(50));
    expect(schedule(3).seconds).toBe(22);
  });
});

describe("the plan of Table 2", () => {
  test("trains the epochs before relabelling once, and the others begin when they are there", async () => {
    const command = { ...commandOf("table2"), datasets: ["raf-db"] as const };
    const [together, apart] = await Promise.all(
      [false, true].map((separate) => planCommand(command, { seeds: 1, separate })),
    );
    const rates = { step: 1, maskedStep: 1, mgnSteps: 1, evaluation: 1e9, maskedEvaluation: 1 };
    const trained = (plan: RunPlan) =>
      plan.missing.reduce((sum, run) => sum + workOf(run, rates, plan.shared).trained, 0);
    expect(trained(apart!) - trained(together!)).toBe(4 * 9 * 11_044); // four functions, from epoch 10 on
    const secondsOf = (plan: RunPlan) => (run: RunPlan["missing"][number]) =>
      workOf(run, rates, plan.shared).seconds;
    const at = (plan: RunPlan) => scheduleRuns(plan, secondsOf(plan), 50).seconds;
    expect(at(together!)).toBeCloseTo(at(apart!), 0); // a branch begins within its trunk
  });
});
