/** @file `pnpm exp compare` and `evaluate --stored`: finished runs by their files, as a user would. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runId } from "@mvt/experiments";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { tinyConfig } from "./fixtures/run-config.ts";

const classes = ["fear", "anger"];
/** Image i: first run right but for every fifth, second but for every tenth and the very first. */
const answers = (right: (i: number) => boolean) =>
  predictionsOf(
    Array.from({ length: 40 }, (_, i) => {
      const [label, other] = i % 4 === 0 ? ["anger", "fear"] : ["fear", "anger"];
      return `test_${i} ${label} ${right(i) ? label : other}`;
    }),
    classes,
  );
const [configA, configB] = [tinyConfig, { ...tinyConfig, seed: 1 }];
const [a, b] = [runId(configA), runId(configB)];

const writeBoth = async (folder: string) => {
  await writeRun(
    join(folder, "runs"),
    configA,
    answers((i) => i % 5 > 0),
  );
  await writeRun(
    join(folder, "runs"),
    configB,
    answers((i) => i % 10 > 0 && i !== 1),
  );
};

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  await writeBoth(folder);
  return () => removeFolder(folder);
});

describe("compare", () => {
  const args = ["compare", "--run", a, "--run", b, "--resamples", "500"];

  test("prints both runs, their difference and McNemar's test", async () => {
    const { exitCode, stdout, stderr } = await runCommand(args, folder);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /\| RAF-DB +\| Accuracy \(%\) +\| 80\.0 \[.+ \| 87\.5 \[.+ \| \+7\.5 \[/,
    );
    expect(stdout).toContain(`- A: run ${a}, a run, seed 0, validation-best weights.`);
    expect(stdout).toContain(`- B: run ${b}, a run, seed 1, validation-best weights.`);
    expect(stdout).toMatch(/\| A correct \| +31 \| +1 \|\n\| A wrong +\| +4 \| +4 \|/);
    expect(stdout).toContain("Only A is correct on b = 1 images, only B on c = 4: p = 0.38.");
  });

  test("prints the same every time, and writes it as Markdown, CSV and a page", async () => {
    const [first, second] = [
      await runCommand([...args, "--report", "out"], folder),
      await runCommand([...args, "--report", "out"], folder),
    ];
    expect(second).toEqual(first);
    expect(first.stderr).toBe("wrote compare.md, compare.csv, compare.html in out\n");
    expect(await readdir(join(folder, "out"))).toEqual([
      "compare.csv",
      "compare.html",
      "compare.md",
    ]);
    const csv = await readFile(join(folder, "out/compare.csv"), "utf8");
    expect(csv.split("\n")[1]).toMatch(
      new RegExp(
        `^RAF-DB,accuracy,80.0000,.+,7.5000,-2.5000,17.5000,40,31,1,4,4,0.375,500,false,synthetic,,${a} ${b}$`,
      ),
    );
    const markdown = await readFile(join(folder, "out/compare.md"), "utf8");
    expect(markdown).toContain("**The data are synthetic");
    expect(markdown).toContain("seeds: 0, 1");
  });
});

describe("compare with three runs", () => {
  test("compares each with the first, in one table with corrected p-values", async () => {
    const configC = { ...tinyConfig, seed: 2 };
    await writeRun(
      join(folder, "runs"),
      configC,
      answers((i) => i % 5 > 0 || i > 9),
    );
    const c = runId(configC);
    const args = ["compare", "--run", a, "--run", b, "--run", c, "--resamples", "500"];
    const { exitCode, stdout } = await runCommand([...args, "--report", "three"], folder);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`- C: run ${c}, a run, seed 2, validation-best weights.`);
    const cells = stdout
      .split("\n")
      .filter((line) => line.startsWith("| RAF-DB"))
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .map(([, , run, , , onlyFirst, onlyThis, p, corrected]) => [
        run,
        onlyFirst,
        onlyThis,
        p,
        corrected,
      ]);
    expect(cells).toEqual([
      ["A", "–", "–", "–", "–"],
      ["B", "1", "4", "0.38", "0.38"],
      ["C", "0", "6", "0.031", "0.063"],
    ]);
    const csv = await readFile(join(folder, "three/compare.csv"), "utf8");
    expect(csv.trimEnd().split("\n")).toHaveLength(1 + 3);
    expect(csv).toMatch(/,0,6,0\.03125,0\.0625,/);
    const markdown = await readFile(join(folder, "three/compare.md"), "utf8");
    expect(markdown).toContain("# 3 runs on the same images");
  });
});

describe("evaluate --stored", () => {
  test("measures the answers that the run left, without its data", async () => {
    const args = ["evaluate", "--run", a, "--stored", "--report", "measures"];
    const { exitCode, stdout } = await runCommand([...args, "--resamples", "500"], folder);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^run ${a}, validation-best weights, RAF-DB test: 80.00 % \\(32/40\\)\n\n`),
    );
    expect(stdout).toMatch(/\| RAF-DB +\| Macro F1 +\| – +\| 76\.2 \[/);
    expect(stdout).toContain(
      "500 bootstrap resamples of the images, drawn with replacement from all",
    );
    expect(await readdir(join(folder, "measures"))).toEqual([
      "confusion.csv",
      "evaluation.csv",
      "evaluation.html",
      "evaluation.md",
    ]);
    const confusion = await readFile(join(folder, "measures/confusion.csv"), "utf8");
    expect(confusion.trimEnd().split("\n")).toHaveLength(1 + 4);
  });
});

describe("--stratified", () => {
  test("resamples within each class, and says so", async () => {
    const args = ["evaluate", "--run", a, "--stored", "--resamples", "100", "--stratified"];
    const { stdout } = await runCommand(args, folder);
    expect(stdout).toContain("drawn with replacement within each true class (stratified).");
  });
});

describe("runs that can not be compared or measured", () => {
  const unfinished = file(`runs/${b}/config.json`, JSON.stringify(configB));
  refuses([
    {
      what: "one run",
      given: writeBoth,
      args: ["compare", "--run", a],
      exitCode: 2,
      stderr:
        "--run: expected it at least twice, got it once. Name two runs or more, such as --run 3f2a --run c09b.",
    },
    {
      what: "a run with itself",
      given: writeBoth,
      args: ["compare", "--run", a, "--run", a.slice(0, 8)],
      exitCode: 2,
      stderr: `--run ${a} --run ${a.slice(0, 8)}: expected different runs, got run ${a} twice. \`pnpm exp runs list\` shows all.`,
    },
    {
      what: "a run that is not finished",
      given: async (at) => {
        await writeRun(
          join(at, "runs"),
          configA,
          answers(() => true),
        );
        await unfinished(at);
      },
      args: ["compare", "--run", a, "--run", b],
      exitCode: 1,
      stderr: `run ${b}: expected predictions.csv, found none, since the run is not finished. Repeat the command that began it.`,
    },
    {
      what: "runs on other images",
      given: async (at) => {
        await writeRun(
          join(at, "runs"),
          configA,
          answers(() => true),
        );
        await writeRun(join(at, "runs"), configB, predictionsOf(["test_0 anger fear"], classes));
      },
      args: ["compare", "--run", a, "--run", b, "--report", "out"],
      exitCode: 1,
      stderr: `runs ${a} and ${b}: expected predictions for the same images, found 39 that only the first has (test_1). Compare runs of one data set, layout and labelling protocol.`,
    },
    {
      what: "no resamples",
      given: writeBoth,
      args: ["compare", "--run", a, "--run", b, "--resamples", "0"],
      exitCode: 2,
      stderr: "--resamples 0: expected a whole number of at least 1.",
    },
    {
      what: "stored answers for another data set",
      given: writeBoth,
      args: ["evaluate", "--run", a, "--stored", "--on", "ferplus"],
      exitCode: 2,
      stderr:
        "--stored and --on ferplus: expected one of them, got both. A run stores predictions for its own test images alone.",
    },
    {
      what: "stored answers of other weights",
      given: writeBoth,
      args: ["evaluate", "--run", a, "--stored", "--weights", "last"],
      exitCode: 2,
      stderr:
        "--stored: expected no --out, --split or --weights with it, since predictions.csv holds the predictions for the test images with the validation-best weights. Leave it out to predict again.",
    },
    {
      what: "a report that a folder stands in the way of",
      given: async (at) => {
        await writeBoth(at);
        await file("out/confusion.csv/taken", "")(at);
      },
      args: ["evaluate", "--run", a, "--stored", "--report", "out"],
      exitCode: 1,
      stderr:
        "--report out: expected a file or nothing at DIR/out/confusion.csv, found a folder. Choose another folder, or remove that one.",
    },
  ]);
});
