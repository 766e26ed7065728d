/** @file Data sets beyond RAF-DB and FERPlus on the command line: drawn, checked, planned, trained on. */
import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { datasetNames, difficultyNames, fingerprint, loadDataset, synthesize } from "@mvt/datasets";
import { beforeAll, describe, expect, test } from "vitest";
import { paperChoices } from "../src/studies/paper-choices.ts";
import { runCommand } from "@mvt/testing/command-line";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { tinyConfig } from "./fixtures/run-config.ts";

let folder: string;

beforeAll(async () => {
  folder = await makeFolder();
  await synthesize({
    dataset: "affectnet-8",
    folder: join(folder, "data/affectnet"),
    seed: 1,
    counts: { train: 48, test: 16 },
    labelNoise: 0,
    energy: false,
  });
  // The same pictures as data of one's own, in two classes that mean nothing.
  const images = join(folder, "data/affectnet/train_set/images");
  for (const [i, name] of (await readdir(images)).toSorted().entries()) {
    const split = i < 40 ? "train" : "test";
    await cp(join(images, name), join(folder, "data/custom", split, `class ${i % 2}`, name));
  }
  return () => removeFolder(folder);
});

const classes = ["--classes", "class 0=anger,class 1=fear"];
const exp = (...args: readonly string[]) => runCommand(args, folder);

describe("pnpm exp data synthesize", () => {
  test("offers every difficulty", async () => {
    const { stderr, exitCode } = await exp(
      ..."data synthesize --data drawn --difficulty unknown".split(" "),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain(difficultyNames.join(", "));
  });
});

describe("pnpm exp data check", () => {
  test("checks the data sets that are there, AffectNet with all its classes", async () => {
    const { stdout, exitCode } = await exp("data", "check", "--data", "data", ...classes);
    expect({ exitCode, titles: stdout.split("\n").filter((line) => /^\w/.test(line)) }).toEqual({
      exitCode: 0,
      titles: [
        "AffectNet-8, layout npy, protocol tested on validation images: synthetic, not compared with published counts",
        "Custom data, layout folders, protocol as labelled: no published counts to compare with",
      ],
    });
    expect(stdout).toMatch(/test \/ contempt +2 /);
  });
});

describe("pnpm exp data check --run", () => {
  const check = (id: string, ...args: readonly string[]) =>
    exp("data", "check", "--data", "data", "--datasets", "affectnet-8", "--run", id, ...args);

  /** A run on the faces of this file, whose model answers as `answer` says. */
  async function judge(answer: (label: number) => number) {
    const dataset = await loadDataset("affectnet-8", join(folder, "data/affectnet"));
    const { classes: names } = dataset;
    const config = {
      ...tinyConfig,
      data: { ...tinyConfig.data, dataset: dataset.name, fingerprint: await fingerprint(dataset) },
    };
    const images = dataset.splits.test.flatMap(({ id, expression }) =>
      // Each image thrice, since a dozen of them would prove nothing.
      [0, 1, 2].map(
        (copy) => `${id}_${copy} ${expression} ${names[answer(names.indexOf(expression))]}`,
      ),
    );
    return writeRun(join(folder, "judges"), config, predictionsOf(images, names));
  }

  test("says which classes the files seem to name wrongly, and fails", async () => {
    const id = await judge((label) => (label + 1) % 8);
    const { stdout, exitCode } = await check(id, "--runs", "judges");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/classes in a wrong order +8 {2}differs/);
    expect(stdout).toContain("the files say neutral where the model sees happiness\n");
    expect(stdout).toContain("48 of 48 right, mean recall 100.0 %");
  });

  test("finds nothing where the model agrees with the files", async () => {
    const id = await judge((label) => label);
    const { stdout, exitCode } = await check(id, "--runs", "judges");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /classes in a wrong order +0 {2}ok {2}\(run \w+, predictions\.csv: 48 of 48/,
    );
  });

  test(
    "asks the model of a run on other data, which may know too little",
    { timeout: 60_000 },
    async () => {
      const run = "train --scale smoke --weights none --set epochs=1 --data data --dataset custom";
      const { stdout: trained } = await exp(...run.split(" "), ...classes);
      const id = /runs\/(\w{12})\//.exec(trained)![1]!;
      const { stdout } = await check(id);
      // Of AffectNet's images those of the two classes that the model has.
      expect(stdout).toMatch(
        /classes in a wrong order +0 .+, the model: \d of 4 test images right/,
      );
    },
  );

  test("is refused where nothing is checked", async () => {
    const { exitCode, stderr } = await exp("data", "synthesize", "--data", "new", "--run", "a");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--run: expected it with `data check`");
  });
});

describe("pnpm exp train", () => {
  test("trains on custom data, with classes drawn as often as each other", async () => {
    const settings = ["--set", "epochs=1", "--set", "sampler=balanced", "--weights", "none"];
    const { stdout, exitCode } = await exp(
      ..."train --scale smoke --data data --dataset custom".split(" "),
      ...classes,
      ...settings,
    );
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/last epoch +\d+\.\d\d % \(\d\/8\), epoch 1/),
    });
  });
});

describe("Table 3 of AffectNet", () => {
  test("is without relabelling, as in the paper", async () => {
    const { stdout } = await exp(
      ..."table3 --plan --scale smoke --data data --weights none --datasets affectnet-7".split(" "),
    );
    const runs = stdout.split("\n").filter((line) => line.includes("to train  "));
    expect(runs.map((line) => line.split("to train  ")[1])).toEqual([
      "AffectNet-7, no relabelling, seed 0",
      "AffectNet-7, mask generator m = 0.15, seed 0",
      "AffectNet-7, MGN m = 0.15, no relabelling, seed 0",
    ]);
  });

  test.each(datasetNames)("has a mask ratio for %s", (name) => {
    expect(paperChoices[name].m).toBe(name === "ferplus" ? 0.2 : 0.15);
  });
});

describe("custom data is refused", () => {
  const image = file("data/custom/train/angry/1.jpg", "");
  const args = "train --scale smoke --dataset custom";
  refuses([
    {
      what: "without a folder",
      args: `${args} --classes angry=anger`,
      exitCode: 1,
      stderr:
        "custom: expected a folder of your own data, found none. Pass --data with the folder that holds custom/.",
    },
    {
      what: "without the meaning of its classes",
      given: image,
      args: `${args} --data data --weights none`,
      exitCode: 1,
      stderr:
        'Custom data: expected the meaning of each class in data/custom, found none. Pass --classes "angry=anger,happy=happiness,..." or a JSON file that says so.',
    },
    {
      what: "with a meaning that is no expression",
      given: image,
      args: `${args} --data data --weights none --classes angry=mad`,
      exitCode: 2,
      stderr:
        '--classes: expected angry to mean one of neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, or drop, found "mad". Use one of these names.',
    },
    {
      what: "where faces are to be drawn",
      args: "data synthesize --data data --datasets custom",
      exitCode: 2,
      stderr:
        "--datasets custom: expected data sets that can be drawn, got your own. Leave it out.",
    },
  ]);
});
