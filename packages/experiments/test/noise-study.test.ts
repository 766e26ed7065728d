/** @file `pnpm exp noise` from end to end at scale smoke, as a user would run it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import type { Finished } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, test } from "vitest";

const slow = { tags: ["slow"] };
let folder: string;
let first: Finished;

beforeAll(async () => {
  folder = await makeFolder();
  first = await runCommand(["noise", "--scale", "smoke", "--out", "out"], folder);
  return () => removeFolder(folder);
}, 120_000);

const rowsOf = async (name: string) =>
  parse<Record<string, string>>(await readFile(join(folder, "out", name)), { columns: true });

describe("noise", () => {
  test("writes three tables and a figure, and prints the tables", slow, async () => {
    expect(first.exitCode).toBe(0);
    expect(await readdir(join(folder, "out"))).toEqual([
      "noise-deciders.csv",
      "noise-deciders.html",
      "noise-deciders.md",
      "noise-start.csv",
      "noise-start.html",
      "noise-start.md",
      "noise.csv",
      "noise.html",
      "noise.md",
      "noise.svg",
    ]);
    const printed = ["noise.md", "noise-start.md", "noise-deciders.md"].map((name) =>
      readFile(join(folder, "out", name), "utf8"),
    );
    expect(first.stdout).toBe((await Promise.all(printed)).join("\n"));
  });

  test(
    "has the functions without noise, and true labels beside them with noise",
    slow,
    async () => {
      const rows = await rowsOf("noise.csv");
      const functions = ["constant", "linear", "quadratic", "sigmoid"];
      expect(rows.map(({ dataset, labels, f }) => [dataset, f || labels])).toEqual([
        ...["given", ...functions].map((name) => ["RAF-DB, no noise", name]),
        ...["given", ...functions, "true"].map((name) => ["RAF-DB, 30 % symmetric noise", name]),
      ]);
    },
  );

  test(
    "trains true labels once: without noise, labels as given are the true ones",
    slow,
    async () => {
      const rows = await rowsOf("noise.csv");
      expect(rows.at(-1)!["runs"]).toBe(rows[0]!["runs"]);
    },
  );

  test(
    "counts against the labels without noise: 30 % are wrong, whatever is changed",
    slow,
    async () => {
      const noisy = (await rowsOf("noise.csv")).filter(({ dataset }) => dataset!.includes("30 %"));
      for (const { relabel_recall_n: wrong, correct_before: before } of noisy.slice(1, 5)) {
        expect([wrong, before]).toEqual(["54", "70.0000"]); // of 180
      }
    },
  );

  test(
    "compares starts by their training accuracy, and deciders with the paper's sigmoid",
    slow,
    async () => {
      const starts = await rowsOf("noise-start.csv");
      expect(starts.map(({ start }) => start)).toEqual(["", "2", "4", "", "2", "4"]);
      const deciders = await readFile(join(folder, "out/noise-deciders.md"), "utf8");
      for (const row of ["predictions: pass", "predictions: average", "class-adaptive (plugin"]) {
        expect(deciders).toContain(row);
      }
    },
  );

  test("trains nothing when it is made again, and writes the same bytes", slow, async () => {
    const again = await runCommand(["noise", "--scale", "smoke", "--out", "again"], folder);
    expect(again.stderr).toMatch(/\d+ runs, 0 to train/);
    for (const file of ["noise.csv", "noise-start.csv", "noise-deciders.csv", "noise.svg"]) {
      expect(await readFile(join(folder, "again", file))).toEqual(
        await readFile(join(folder, "out", file)),
      );
    }
  });

  test("leaves whole runs, which runs verify finds so", slow, async () => {
    const verified = await runCommand(["runs", "verify"], folder);
    expect(verified.exitCode).toBe(0);
    const lines = verified.stdout.trimEnd().split("\n");
    expect(lines.length).toBe((await readdir(join(folder, "runs"))).length);
    expect(lines.filter((line) => !line.includes("verified: "))).toEqual([]);
  });
});
