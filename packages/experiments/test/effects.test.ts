/** @file Options without effect on a command are refused before anything is drawn. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { refuses } from "@mvt/testing/mistakes";
import { requireEffect } from "../src/cli/effects.ts";
import { runUses } from "../src/studies/run-uses.ts";
import type { RunUse } from "../src/studies/run-uses.ts";
import { reports } from "../src/studies/index.ts";
import { scaleWith } from "../src/settings/scales.ts";

const everything = Object.keys(runUses) as RunUse[];
const given = {
  delta: 0.3,
  maskForm: "hard",
  set: ["mgn.epochs=3"],
  data: "faces",
  threshold: ["linear"],
};

describe("an option", () => {
  test("is taken where the command can use it", () => {
    expect(() => requireEffect("table3", everything, given)).not.toThrow();
  });

  test.each([
    ["relabelling", "--delta 0.3: expected it with a command which relabels"],
    ["masked-classifiers", "--mask-form hard: expected it with a command which trains classifiers"],
    ["data", "--data faces: expected it with a command which reads data sets"],
    ["thresholds", "--threshold linear: expected it with a command which compares functions f"],
    ["generators", "--set mgn.epochs=3: expected it with a command which trains mask generators"],
    ["settings", "--set mgn.epochs=3: expected it with a command which trains by the scale's"],
  ] as const)("is refused where the command has no %s", (use, message) => {
    const others = everything.filter((one) => one !== use);
    expect(() => requireEffect("table9", others, given)).toThrow(message);
  });

  test("with its default value changes nothing, and is taken", () => {
    const usual = {
      delta: 0.2,
      reference: "current",
      predictions: "step",
      maskForm: "soft",
    } as const;
    expect(() => requireEffect("table9", [], { ...usual, set: [], threshold: [] })).not.toThrow();
  });

  test("of the environment, which is set for other commands as well, is taken", () => {
    vi.stubEnv("MVT_DATA", "faces");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => requireEffect("clutter", [], { data: "faces" })).not.toThrow();
    expect(() => requireEffect("clutter", [], { data: "others" })).toThrow("--data others");
  });

  test.each(Object.entries(reports))("of %s belongs to a use that there is", (_, { uses }) => {
    expect(uses.filter((use) => !everything.includes(use))).toEqual([]);
  });
});

describe("a command line refuses", () => {
  refuses([
    {
      what: "data in a study that draws its own",
      args: "clutter --data faces",
      exitCode: 2,
      stderr:
        "--data faces: expected it with a command which reads data sets, got it with `clutter`, where it has no effect. Leave it out.",
    },
    {
      what: "a form of masks without masks",
      args: "train --scale smoke --mask-form hard",
      exitCode: 2,
      stderr:
        "--mask-form hard: expected it with a command which trains classifiers on the masks of a generator, got it with `train`, where it has no effect. Leave it out, or add --m or --mgn.",
    },
  ]);
});

describe("the decay of a schedule", () => {
  test("is refused under a cosine, which has none", () => {
    expect(() => scaleWith("quick", ["schedule.gamma=0.8"])).toThrow(
      "--set schedule.gamma=0.8: expected an exponential schedule, got a cosine one, which has no gamma. Leave it out, or add --set schedule.kind=exponential.",
    );
  });

  test("is taken by an exponential schedule", () => {
    const assignments = ["schedule.gamma=0.8", "schedule.kind=exponential"];
    expect(scaleWith("quick", assignments).training.schedule.gamma).toBe(0.8);
    expect(scaleWith("paper", ["schedule.gamma=0.8"]).training.schedule.gamma).toBe(0.8);
  });
});
