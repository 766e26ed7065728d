/** @file The examples do what README.md says. Those of the export guide are tested with `pnpm exp predict`. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { synthesize } from "@mvt/datasets";
import { cutOff, instantiate } from "@mvt/relabel";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";
import power from "../my-threshold.ts";

const execute = promisify(execFile);
const examples = resolve(import.meta.dirname, "..");
const readme = await readFile(join(examples, "README.md"), "utf8");

/** What README.md says that a program prints. */
function printedBy(program: string): string {
  const found = readme.split(`node examples/${program}\n`)[1]?.match(/^\s*```\n(.*?)```/s)?.[1];
  expect(found, `README.md shows what ${program} prints`).toBeDefined();
  return found!;
}

/** The numbers of a text, and the text without them. Digits differ a little between processors. */
function parse(text: string) {
  const number = /\d+(?:\.\d+)?/g;
  return { words: text.replaceAll(number, "N"), numbers: text.match(number)!.map(Number) };
}

describe("the programs", () => {
  test("are all in README.md", async () => {
    const files = await readdir(examples);
    const programs = files.filter((file) => /\.(?:ts|mjs|py)$/.test(file));
    expect(programs.filter((file) => !readme.includes(`[${file}](${file})`))).toEqual([]);
  });

  test.for(["train.ts", "own-loss.ts", "relabel.ts"])(
    "%s prints what README.md says",
    { tags: ["slow"] },
    async (program) => {
      const { stdout } = await execute(process.execPath, [join(examples, program)]);
      const [printed, promised] = [parse(stdout), parse(printedBy(program))];
      expect(printed.words).toBe(promised.words);
      for (const [i, number] of promised.numbers.entries()) {
        expect(Math.abs(printed.numbers[i]! - number)).toBeLessThan(
          Number.isInteger(number) ? 8 : 0.1,
        );
      }
    },
  );
});

describe("the threshold", () => {
  test("has the four properties, and the cut-off that the guide tests", () => {
    expect(cutOff(instantiate(power), 0.2)).toBeGreaterThan(0.267);
    expect(cutOff(instantiate(power), 0.2)).toBeLessThan(0.342);
  });

  test.each([
    ["write-a-threshold.md", "my-threshold.ts"],
    ["write-a-table.md", "my-table.ts"],
  ])("and table are shown by the guide %s as they are", async (guide, file) => {
    const text = await readFile(join(examples, "../docs/guides", guide), "utf8");
    const program = await readFile(join(examples, file), "utf8");
    expect(text).toContain(`\`\`\`ts\n${program}\`\`\`\n`);
  });
});

describe("the table", { tags: ["slow"] }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeFolder();
    await synthesize({
      dataset: "raf-db",
      folder: join(folder, "data/raf-db"),
      seed: 1,
      counts: { train: 60, test: 30 },
      labelNoise: 0.25,
      difficulty: "easy",
      energy: false,
    });
    return () => removeFolder(folder);
  });

  const table = (...more: readonly string[]) => {
    const options = "--scale smoke --data data --set epochs=2 --relabel-start 2 --out out";
    const args = ["table", join(examples, "my-table.ts"), ...options.split(" "), ...more];
    return runCommand(args, folder);
  };

  test("lists its runs and trains none with --plan", async () => {
    const { stdout, exitCode } = await table("--plan");
    expect(exitCode).toBe(0);
    expect(stdout.match(/to train {2}RAF-DB, .*/g)).toEqual([
      "to train  RAF-DB, no relabelling, epochs=2, seed 0",
      "to train  RAF-DB, no relabelling, epochs=2, schedule.learningRate=0.0005, seed 0",
      "to train  RAF-DB, no relabelling, epochs=2, schedule.learningRate=0.003, seed 0",
      expect.stringContaining(
        "RAF-DB, power:exponent=1.2, epochs=2, δ = 0.1, from epoch 2, seed 0",
      ),
    ]);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test("is written as Markdown, CSV and LaTeX, and made again without training", async () => {
    const formats = ["--format", "markdown,csv,latex"];
    const { stdout, exitCode } = await table(...formats);
    expect(exitCode).toBe(0);
    const rows = stdout.split("\n").filter((line) => line.startsWith("| RAF-DB"));
    for (const [i, name] of ["as it is", "a lower rate", "a higher rate", "relabelled"].entries()) {
      expect(rows[i]).toContain(`| ${name} `);
      expect(rows[i]).toMatch(/\(\d+\/30\)/); // k of n
    }
    expect(await readdir(join(folder, "out"))).toEqual([
      "my-table.csv",
      "my-table.md",
      "my-table.tex",
    ]);
    const csv = await readFile(join(folder, "out/my-table.csv"), "utf8");
    expect(csv.split("\n")[0]).toMatch(/,last_loss_mean,.*,changed_mean,.*,difference,/);
    expect((await table(...formats)).stderr).toContain("4 runs, 0 to train");
  });
});
