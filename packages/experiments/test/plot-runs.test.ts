/** @file `runs plot`: which runs and measures are drawn, and what the curves are called. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";
import { labelsApart } from "../src/runs/labels-apart.ts";
import { openRun } from "../src/runs/run-folder.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const withRate = (learningRate: number): ClassifierConfig => ({
  ...tinyConfig,
  training: { ...tinyConfig.training, schedule: { ...tinyConfig.training.schedule, learningRate } },
});
const predictions = predictionsOf(["a surprise surprise"], ["surprise", "fear"]);

/** metrics.jsonl of so many epochs, without tests. */
const metricsOf = (epochs: number) =>
  Array.from({ length: epochs }, (_, i) => {
    const count = { k: i, n: 10 };
    return `${JSON.stringify({ epoch: i + 1, learningRate: 0.1, loss: 2 - i / 10, train: count, relabelled: 0, validation: count, imagesPerSecond: 5 })}\n`;
  }).join("");

let folder: string;
/** By what they are: ids of runs. */
const ids = { slow: "", fast: "", unfinished: "", begun: "" };

beforeAll(async () => {
  folder = await makeFolder();
  const runs = join(folder, "runs");
  ids.slow = await writeRun(runs, withRate(1e-4), predictions);
  ids.fast = await writeRun(runs, withRate(3e-4), predictions);
  ids.unfinished = await writeRun(runs, withRate(5e-4));
  ids.begun = await writeRun(runs, withRate(7e-4));
  for (const [id, epochs] of [
    [ids.slow, 4],
    [ids.fast, 4],
    [ids.unfinished, 2],
  ] as const) {
    await openRun(runs, id).write("metrics.jsonl", metricsOf(epochs));
  }
  return () => removeFolder(folder);
});

const plot = (...args: readonly string[]) => runCommand(["runs", "plot", ...args], folder);

describe("runs plot", () => {
  test("draws runs by the beginnings of their ids, and says which curve is which", async () => {
    const { stdout, exitCode } = await plot(ids.slow.slice(0, 8), ids.fast);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        `${ids.slow}  training.schedule.learningRate=0.0001`,
        `${ids.fast}  training.schedule.learningRate=0.0003`,
        "wrote runs/curves.svg\n",
      ].join("\n"),
    );
    const svg = await readFile(join(folder, "runs/curves.svg"), "utf8");
    expect(svg).toContain(
      "<title>2 runs: a run, seed 0</title><desc>Loss on training images and Accuracy on validation images by epoch, of training.schedule.learningRate=0.0001 and training.schedule.learningRate=0.0003.</desc>",
    );
  });

  test("draws an unfinished run as far as it is", async () => {
    const { stdout } = await plot(ids.slow, ids.unfinished, "--metric", "loss", "--out", "a.svg");
    expect(stdout).toMatch(/learningRate=0\.0005, 2 of 4 epochs\nwrote a\.svg\n$/);
    expect(await readFile(join(folder, "a.svg"), "utf8")).toContain(
      "<desc>Loss on training images by",
    );
  });

  // The ids are known only once the runs are written.
  test.each([
    {
      what: "no run",
      args: () => [],
      message: () =>
        "runs plot: expected the beginning of a run's id, got none. `pnpm exp runs list` shows all.",
    },
    {
      what: "a run that is named twice",
      args: () => [ids.slow, ids.slow],
      message: () =>
        `${ids.slow}: expected every run once, got run ${ids.slow} twice. Leave one out.`,
    },
    {
      what: "a run without a finished epoch",
      args: () => [ids.begun],
      message: () =>
        `run ${ids.begun}: expected a finished epoch, found none yet. Wait for one, or repeat the command that began the run.`,
    },
    {
      what: "another kind of file",
      args: () => [ids.slow, "--out", "b.png"],
      message: () => "--out b.png: expected a file that ends with .svg.",
    },
    {
      what: "a measure that no run has",
      args: () => [ids.slow, "--metric", "test_accuracy"],
      message: () =>
        "--metric test_accuracy: expected what one of the runs measured: learning_rate, loss, train_accuracy, validation_accuracy, relabelled.",
    },
  ])("refuses $what", async ({ args, message }) => {
    expect(await plot(...args())).toMatchObject({ stdout: "", stderr: `error: ${message()}\n` });
  });

  test("is the only action that takes several runs", async () => {
    const shown = await runCommand(["runs", "show", ids.slow, ids.fast], folder);
    expect(shown.stderr).toBe(
      `error: runs show: expected one run, got ${ids.slow}, ${ids.fast}. Leave out all but one.\n`,
    );
    const listed = await runCommand(["runs", "list", "--metric", "loss"], folder);
    expect(listed.stderr).toBe(
      "error: --metric: expected it with `runs plot`, got it with `runs list`. Leave it out.\n",
    );
  });
});

describe("what runs are called", () => {
  const fact = (id: string, title: string, ...differs: string[]) => ({
    id,
    title,
    differs,
  });

  test("is what sets them apart, and what they share is said once", () => {
    const titles = [
      "RAF-DB, power (exponent=1.2, scale=3), seed 0",
      "RAF-DB, power (exponent=3, scale=3), seed 0",
    ];
    expect(labelsApart(titles.map((title) => fact(title, title)))).toEqual({
      shared: "RAF-DB, seed 0",
      labels: ["power (exponent=1.2, scale=3)", "power (exponent=3, scale=3)"],
    });
  });

  test("is the title of one alone, and of one with nothing of its own", () => {
    expect(labelsApart([fact("a", "RAF-DB, seed 0")])).toEqual({
      shared: "",
      labels: ["RAF-DB, seed 0"],
    });
    expect(
      labelsApart([fact("a", "RAF-DB, seed 0"), fact("b", "RAF-DB, linear, seed 0")]).labels,
    ).toEqual(["RAF-DB, seed 0", "linear"]);
  });

  test("is never the same", () => {
    expect(labelsApart([fact("a", "x, seed 0"), fact("b", "x, seed 0")]).labels).toEqual([
      "x, seed 0 a",
      "x, seed 0 b",
    ]);
  });
});
