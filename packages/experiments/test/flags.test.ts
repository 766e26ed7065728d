/** @file Flags: their values, what they may be set to, and the environment that may set them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";

const exitCode = 2;

describe("a flag refuses", () => {
  refuses([
    {
      what: "to be given twice",
      args: "table2 --datasets raf-db --datasets ferplus",
      exitCode,
      stderr:
        "--datasets: expected it once, got it 2 times (raf-db, ferplus). Leave out all but one.",
    },
    {
      what: "to be given twice with one value",
      args: "train --weights none --weights none",
      exitCode,
      stderr: "--weights: expected it once, got it 2 times (none, none). Leave out all but one.",
    },
    {
      what: "to have no value",
      args: "table2 --out",
      exitCode,
      stderr: "--out: expected a value, got none.",
    },
    {
      what: "to have no number",
      args: "table2 --seeds",
      exitCode,
      stderr: "--seeds: expected a value, got none.",
    },
    {
      what: "to have no number, if there is a default as well",
      args: "train --seed --plan",
      exitCode,
      stderr: "--seed: expected a value, got none.",
    },
    {
      what: "to have no value, if it may be repeated",
      args: "train --set --plan",
      exitCode,
      stderr: "--set: expected a value, got none.",
    },
    {
      what: "to have no value, where there is a choice",
      args: "train --scale --plan",
      exitCode,
      stderr:
        "--scale: expected one of smoke, quick, paper, got none. `pnpm exp train --help` lists the options.",
    },
    {
      what: "to be missing where it is needed",
      args: "evaluate",
      exitCode,
      stderr: "--run: expected a value, got none. `pnpm exp evaluate --help` lists the options.",
    },
    {
      what: "an empty value",
      args: ["evaluate", "--run", ""],
      exitCode,
      stderr: "--run: expected a value, got none.",
    },
    {
      what: "a text in place of a number",
      args: "train --seed two",
      exitCode,
      stderr: "--seed: expected a number, got a text.",
    },
    {
      what: "a fraction in place of a whole number",
      args: "train --scale smoke --seed 1.5",
      exitCode,
      stderr: "--seed 1.5: expected a whole number of at least 0.",
    },
    {
      what: "a seed below zero",
      args: "data synthesize --data data --seed -1",
      exitCode,
      stderr: "--seed -1: expected a whole number of at least 0.",
    },
    {
      what: "a share above one",
      args: "data synthesize --data data --label-noise 15",
      exitCode,
      stderr: "--label-noise 15: expected a share from 0 to 1, such as 0.9 for 90 %.",
    },
  ]);
});

describe("rows and images refuse before anything is drawn", () => {
  const args = "table2 --scale smoke";
  refuses([
    {
      what: "a function that there is not, by the flag that was typed",
      args: `${args} --threshold-only power`,
      exitCode,
      stderr:
        '--threshold-only power: expected a built-in name (constant, linear, quadratic, sigmoid), a path that starts with "./", or a package; no package of this name is installed for DIR.',
    },
    {
      what: "a function that the table has",
      args: `${args} --threshold linear`,
      exitCode,
      stderr:
        "--threshold linear: expected each function once, got linear with these parameters twice. Leave one out.",
    },
    {
      what: "functions besides the only ones",
      args: `${args} --threshold linear:scale=2 --threshold-only sigmoid`,
      exitCode,
      stderr:
        "--threshold and --threshold-only: expected one of them, got both. --threshold adds functions to the paper's four; --threshold-only names all.",
    },
    {
      what: "functions where rows are something else",
      args: "table1 --scale smoke --threshold-only sigmoid",
      exitCode,
      stderr:
        "--threshold-only sigmoid: expected it with a command whose rows are functions f, got it with `table1`, where it has no effect. Leave it out.",
    },
    {
      what: "images that are no whole number of patches",
      args: `${args} --image-size 50`,
      exitCode,
      stderr:
        "--image-size 50: expected a multiple of the patch size, which is 8 at this scale, such as 48 or 56.",
    },
  ]);
});

describe("relabelling refuses before anything is planned", () => {
  const args = "train --scale smoke --threshold linear --runs runs";
  refuses([
    {
      what: "a delta of one and more",
      args: `${args} --delta 1`,
      exitCode,
      stderr: "--delta 1: expected a number from 0 to below 1.",
    },
    {
      what: "an epoch before the first",
      args: `${args} --relabel-start 0`,
      exitCode,
      stderr: "--relabel-start 0: expected a whole number of at least 1.",
    },
    {
      what: "probabilities of which there are none",
      args: `${args} --predictions votes`,
      exitCode,
      stderr:
        "--predictions votes: expected one of step, pass, average. `pnpm exp train --help` lists the options.",
    },
    {
      what: "an accuracy in percent",
      args: `${args} --min-train-accuracy 90`,
      exitCode,
      stderr: "--min-train-accuracy 90: expected a share from 0 to 1, such as 0.9 for 90 %.",
    },
  ]);
});

describe("the environment", () => {
  test.concurrent("sets the flags of a command, and is silent where it has none", async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const variables = { MVT_RUNS: "mine", MVT_DATA: "faces", MVT_ANYTHING: "1" };
    expect(await runCommand(["runs", "list"], folder, variables)).toEqual({
      exitCode: 0,
      stdout: "no runs in mine\n",
      stderr: "",
    });
  });

  test.concurrent("gives way to the command line", async ({ expect, onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await mkdir(join(folder, "mine"));
    const args = ["runs", "list", "--runs", "typed"];
    const { stdout } = await runCommand(args, folder, { MVT_RUNS: "mine" });
    expect(stdout).toBe("no runs in typed\n");
  });

  refuses([
    {
      what: "sets flags of several words",
      args: "train --scale smoke",
      variables: { MVT_FERPLUS_TRAIN: "all" },
      exitCode,
      stderr:
        "--ferplus-train all: expected one of train, train+validation. `pnpm exp train --help` lists the options.",
    },
    {
      what: "sets numbers, which are checked as those that are typed",
      args: "table2 --scale smoke",
      variables: { MVT_SEEDS: "0", MVT_DATA: "" },
      exitCode,
      stderr:
        "--seeds 0: expected a whole number of at least 1, a range such as 5-9, or a list such as 0,5.",
    },
    {
      what: "names the user's data",
      args: "table2 --scale smoke",
      variables: { MVT_DATA: "faces" },
      exitCode: 1,
      stderr:
        "--data faces: expected a folder that holds raf-db/, found none. Check the path, or leave --data out to use synthetic faces.",
    },
    {
      what: "that names data does not stop a command that reads none",
      args: "bench --batch 0",
      variables: { MVT_DATA: "faces" },
      exitCode,
      stderr: "--batch 0: expected whole numbers of at least 1, separated by commas.",
    },
  ]);
});
