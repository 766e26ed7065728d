/** @file Lists in --set: which runs they ask for, and the table of those. */
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { describe, expect, onTestFinished, test } from "vitest";
import { listedSetting, settingVariants } from "../src/settings/setting-lists.ts";
import { drawFaces } from "./fixtures/faces.ts";

const combinations = (...assignments: readonly string[]) =>
  settingVariants(assignments).map((variant) => variant.assignments.join(" "));

describe("lists in --set", () => {
  test("ask for one run each, with values as they were typed", () => {
    expect(combinations("epochs=3", "schedule.learningRate=1e-4,3e-4")).toEqual([
      "epochs=3 schedule.learningRate=1e-4",
      "epochs=3 schedule.learningRate=3e-4",
    ]);
  });

  test("make every combination, the last list changing first", () => {
    expect(combinations("epochs=1,2", "sampler=shuffled,balanced")).toEqual([
      "epochs=1 sampler=shuffled",
      "epochs=1 sampler=balanced",
      "epochs=2 sampler=shuffled",
      "epochs=2 sampler=balanced",
    ]);
  });

  test("tell the values of the settings that have one", () => {
    const [, second] = settingVariants(["epochs=3", "adamw.weightDecay=0,0.1"]);
    expect([...second!.values]).toEqual([["adamw.weightDecay", "0.1"]]);
  });

  test.each([
    ["a number", "epochs=3"],
    ["a setting whose value is a list", "adamw.betas=[0.9,0.98]"],
    ["one below another", "augmentation.erasing.scale=[0.02,0.1]"],
    ["settings of a part", 'augmentation.jitter={"brightness":1,"contrast":1,"saturation":1}'],
    ["a setting that there is not", "adam.betas={}"],
  ])("leave a value alone that is none: %s", (_, assignment) => {
    expect(combinations(assignment)).toEqual([assignment]);
    expect(listedSetting(["epochs=3", assignment])).toBeUndefined();
  });

  test.each([
    ["in brackets", "epochs=[1, 2]", ["epochs=1", "epochs=2"]],
    [
      "of lists",
      "adamw.betas=[0.9,0.98],[0.9,0.99]",
      ["adamw.betas=[0.9,0.98]", "adamw.betas=[0.9,0.99]"],
    ],
    [
      "of lists in brackets",
      "adamw.betas=[[0.9,0.98],[0.9,0.99]]",
      ["adamw.betas=[0.9,0.98]", "adamw.betas=[0.9,0.99]"],
    ],
    [
      "of parts",
      'augmentation.jitter=false,{"brightness":1}',
      ["augmentation.jitter=false", 'augmentation.jitter={"brightness":1}'],
    ],
  ])("may be %s", (_, assignment, assignments) => {
    expect(combinations(assignment)).toEqual(assignments);
    expect(listedSetting([assignment])).toBe(assignment);
  });
});

describe("train with a list", () => {
  test(
    "trains each run, compares them in a table, and keeps the configuration",
    {
      tags: ["slow"],
    },
    async () => {
      const folder = await temporaryFolder(onTestFinished);
      await drawFaces(join(folder, "data"), "raf-db");
      const study = "set: {epochs: 1, schedule: {learningRate: [1e-4, 3e-3]}}\nseeds: 0-1\n";
      await file("study.yaml", study)(folder);
      const args = ["--scale", "smoke", "--data", "data", "--weights", "none"];
      const finished = await runCommand(["train", "--config", "study.yaml", ...args], folder);
      expect(finished).toMatchObject({ exitCode: 0 });
      expect(finished.stdout).toMatch(/\| RAF-DB +\| 1e-4 +\| .+\n\| RAF-DB +\| 3e-3 +\|/);
      expect(finished.stdout).toContain("## Compared with schedule.learningRate=1e-4");
      expect(await readdir(join(folder, "runs"))).toHaveLength(4);
      const reports = join(folder, "reports/smoke");
      expect(await readdir(reports)).toEqual([
        "train.config.yaml",
        "train.csv",
        "train.html",
        "train.md",
      ]);
      expect(await readFile(join(reports, "train.config.yaml"), "utf8")).toContain(
        "  - schedule.learningRate=[1e-4,3e-3]\n",
      );
      await cp(join(reports, "train.config.yaml"), join(folder, "again.yaml"));
      const again = await runCommand(["train", "--config", "again.yaml"], folder);
      expect(again.stderr).toContain("4 runs, 0 to train");
    },
  );
});

describe("a list is refused", () => {
  refuses([
    {
      what: "by a table",
      args: "table2 --scale smoke --set epochs=1,2",
      exitCode: 2,
      stderr:
        "--set epochs=1,2: expected one value, got a list. Name one, or train runs that differ in it with `pnpm exp train`, which makes a table of them.",
    },
    {
      what: "with a value that is wrong, before anything is drawn",
      args: "train --scale smoke --set epochs=1,0",
      exitCode: 2,
      stderr: "--set epochs=0: epochs: Too small: expected number to be >0.",
    },
    {
      what: "beside a seed and seeds",
      args: "train --scale smoke --seed 1 --seeds 5-9",
      exitCode: 2,
      stderr: "--seed 1 and --seeds 5-9: expected one of them, got both. --seeds takes several.",
    },
    {
      what: "when there is no list, and yet a folder for its table",
      args: "train --scale smoke --out out",
      exitCode: 2,
      stderr:
        "--out out: expected several values of a setting or several seeds, of which a table is made, got one run. Leave it out.",
    },
  ]);
});
