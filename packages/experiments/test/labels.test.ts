/** @file `pnpm exp labels`, as a user would run it. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";
import { listRuns } from "../src/runs/run-folder.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";

const slow = { tags: ["slow"] };
const data = "--scale smoke --data data".split(" ");

/** A folder with data/raf-db, and a run with relabelling and one without. */
let folder: string;
let relabelled: string;
let plain: string;

const exp = (args: string, cwd = folder) => runCommand([...args.split(" "), ...data], cwd);
const inFolder = (...path: readonly string[]) => readFile(join(folder, ...path), "utf8");
const trained = /^run ([0-9a-f]{12}):/m;

beforeAll(async () => {
  folder = await makeFolder();
  await drawFaces(join(folder, "data"), "raf-db");
  const train = async (more: string) => {
    const { stdout } = await exp(`train --set epochs=2${more}`);
    return trained.exec(stdout)![1]!;
  };
  relabelled = await train(" --threshold constant --delta 0.01 --relabel-start 1");
  plain = await train("");
  return () => removeFolder(folder);
}, 120_000);

/** The ids of CSV records, in the order of the alphabet. */
const sortedIds = (rows: readonly Record<string, string>[]) =>
  rows.map((row) => row["id"]!).toSorted((a, b) => a.localeCompare(b));

/** A CSV file as records by column. */
async function records(...path: readonly string[]): Promise<readonly Record<string, string>[]> {
  return parse(await inFolder(...path), { columns: true });
}

describe("labels of a run that relabels", () => {
  test("are ranked, measured and shown, and go to files", slow, async () => {
    const { exitCode, stdout, stderr } = await exp(`labels --run ${relabelled} --top 3`);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/53 training images, \d+ labels changed\n/);
    expect(stdout).toMatch(/\| RAF-DB +\| AUM +\| in sample +\| 0\.\d{3} +\| 0\.\d{3} /);
    expect(stdout).toContain("## The most doubtful labels");
    expect(stdout).toContain("## Changes by class");
    const out = `reports/labels/${relabelled}`;
    expect(stderr).toContain(
      `wrote labels.md, labels.html, scores.csv, ranking.csv, flow.csv, changed.png in ${out}\n`,
    );
    expect(await inFolder(out, "labels.md")).toContain(
      "# Labels of RAF-DB, constant, epochs=2, δ = 0.01, from epoch 1, seed 0",
    );
  });

  test("are listed from the most doubtful on, each image once", slow, async () => {
    await exp(`labels --run ${relabelled} --sheet 0 --out by-aum`);
    const ranking = await records("by-aum", "ranking.csv");
    expect(new Set(ranking.map(({ id }) => id)).size).toBe(53);
    const scores = ranking.map(({ aum }) => Number(aum));
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(sortedIds(ranking)).toEqual(sortedIds(await records("runs", relabelled, "labels.csv")));
  });

  test("have a flow of changes that counts what labels.csv says", slow, async () => {
    await exp(`labels --run ${relabelled} --sheet 0 --out flow`);
    const lines = await records("runs", relabelled, "labels.csv");
    const changed = lines.filter((line) => line["given"] !== line["current"]);
    const right = changed.filter((line) => line["current"] === line["true"]);
    const flow = await records("flow", "flow.csv");
    const total = (column: string) => flow.reduce((n, row) => n + Number(row[column]), 0);
    expect(total("changed")).toBe(changed.length);
    expect(total("right")).toBe(right.length);
    expect(changed.length).toBeGreaterThan(0);
  });

  test("have a contact sheet of as many changed images as asked for", slow, async () => {
    await exp(`labels --run ${relabelled} --sheet 9 --out nine`);
    await exp(`labels --run ${relabelled} --sheet 2 --out two`);
    const height = async (out: string) =>
      (await sharp(join(folder, out, "changed.png")).metadata()).height;
    expect(await height("nine")).toBeGreaterThan(1.5 * (await height("two"))); // two rows
  });

  test("need the data for the sheet only", slow, async () => {
    const other = ["--scale", "paper", "--data", "data"];
    const labels = ["labels", "--run", relabelled, "--out", "elsewhere", ...other];
    const refused = await runCommand(labels, folder);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("expected the synthetic data it was trained on");
    expect(refused.stderr).toContain("Or make no contact sheet: --sheet 0.");
    expect(await runCommand([...labels, "--sheet", "0"], folder)).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(folder, "elsewhere/changed.png"))).toBe(false);
  });
});

describe("labels of a run without relabelling", () => {
  test("are ranked without changes and without data", slow, async () => {
    const args = ["labels", "--run", plain, "--out", "plain"];
    const { stdout, stderr } = await runCommand(args, folder);
    expect(stdout).toContain("53 training images, no relabelling\n");
    expect(stdout).toContain("This run does not relabel: no label was changed");
    expect(stderr).toContain("wrote labels.md, labels.html, scores.csv, ranking.csv in plain\n");
  });
});

describe("out-of-sample scores", () => {
  test(
    "come from a run for every fold, which is planned, trained and found again",
    slow,
    async () => {
      const before = await listRuns(join(folder, "runs"));
      const labels = `labels --run ${relabelled} --folds 2 --by self-confidence --sheet 0 --out folds`;
      const planned = await exp(`${labels} --plan`);
      expect(planned.stdout).toMatch(/ {2}to train {2}RAF-DB, seed 0, without fold 1 of 2\n/);
      expect(planned.stdout).toMatch(/ {2}to train {2}RAF-DB, seed 0, without fold 2 of 2\n/);
      expect(await listRuns(join(folder, "runs"))).toEqual(before);

      const first = await exp(labels);
      expect(first.exitCode).toBe(0);
      expect(first.stdout).toMatch(/\| RAF-DB +\| Self-confidence +\| out of sample +\| /);
      expect(first.stdout).toContain("Ranked by: Self-confidence, out of sample.");
      const folds = (await listRuns(join(folder, "runs"))).filter((id) => !before.includes(id));
      expect(folds).toHaveLength(2);

      const again = await exp(labels);
      expect(again.stderr).toContain("2 runs, 0 to train");
      expect(again.stdout).toBe(first.stdout);
      // A run with another function f, or with none, has the same folds.
      expect((await exp(`labels --run ${plain} --folds 2 --plan`)).stdout).toContain(
        "nothing to train",
      );

      const ranking = await records("folds", "ranking.csv");
      const held = await Promise.all(folds.map((id) => records("runs", id, "held-out.csv")));
      expect(sortedIds(held.flat())).toEqual(sortedIds(ranking));
      for (const row of held.flat()) {
        const ranked = ranking.find(({ id }) => id === row["id"])!;
        expect(ranked["out_of_sample_self_confidence"]).toBe(row[row["given"]!]);
      }
    },
  );

  test("come from the configuration of the run, less relabelling and the fold", slow, async () => {
    await exp(`labels --run ${relabelled} --folds 2 --sheet 0 --out folds`);
    const ids = await listRuns(join(folder, "runs"));
    const configs = await Promise.all(
      ids.map(async (id) => JSON.parse(await inFolder("runs", id, "config.json"))),
    );
    const { relabel: _, ...base } = JSON.parse(await inFolder("runs", relabelled, "config.json"));
    expect(configs).toEqual(
      expect.arrayContaining([
        { ...base, fold: { k: 1, of: 2 } },
        { ...base, fold: { k: 2, of: 2 } },
      ]),
    );
  });

  test(
    "are not made of a run that leaves out a fold itself, or of more folds than images",
    slow,
    async () => {
      await exp(`labels --run ${relabelled} --folds 2 --sheet 0 --out folds`);
      const ids = await listRuns(join(folder, "runs"));
      const fold = ids.find((id) => existsSync(join(folder, "runs", id, "held-out.csv")))!;
      expect((await exp(`labels --run ${fold} --folds 2`)).stderr).toMatch(
        /expected a run on all training images, found one without fold [12] of 2\. Name the run/,
      );
      expect((await exp(`labels --run ${plain} --folds 54`)).stderr).toBe(
        "error: --folds 54: expected at most as many folds as training images, which are 53. Pass a smaller number; 5 is usual.\n",
      );
    },
  );
});

describe("labels of a run on a list of noisy labels", () => {
  test("have the list as given labels, and need it for folds", slow, async () => {
    const listOf = (number: number) =>
      Array.from(
        { length: 20 },
        (_, i) => `train_${String(i + 1).padStart(5, "0")}.jpg ${number}\n`,
      );
    await writeFile(join(folder, "list.txt"), listOf(3).join(""));
    await writeFile(join(folder, "other.txt"), listOf(4).join(""));
    const { stdout } = await exp("train --set epochs=1 --noise-list list.txt");
    const id = trained.exec(stdout)![1]!;
    const lines = await records("runs", id, "labels.csv");
    const listed = lines.filter((line) => line["id"]! <= "train_00020");
    expect(new Set(listed.map((line) => line["given"]))).toEqual(new Set(["disgust"]));

    const labels = `labels --run ${id} --folds 2 --plan`;
    expect((await exp(labels)).stderr).toMatch(
      /^error: --noise-list: expected the list of labels that run [0-9a-f]{12} was trained on \(list [0-9a-f]{8}\), got none\. Pass its path\.$/m,
    );
    expect((await exp(`${labels} --noise-list other.txt`)).stderr).toContain(
      "found another. Pass the one that the run was trained with.",
    );
    const planned = await exp(`${labels} --noise-list list.txt`);
    expect(planned.stdout).toMatch(
      / {2}to train {2}RAF-DB, list [0-9a-f]{8}, seed 0, without fold 2 of 2\n/,
    );
  });
});

describe("labels that cannot be shown", () => {
  test("are refused with options that only folds have", slow, async () => {
    for (const option of ["--plan", "--weights file.pth", "--noise-list list.txt"]) {
      const { exitCode, stderr } = await exp(`labels --run ${plain} ${option}`);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${option.split(" ")[0]}: expected --folds with it`);
    }
  });

  test("are refused of a run of an earlier version, which has no labels.csv", slow, async () => {
    const other = await makeFolder();
    try {
      const classes = ["fear", "joy"];
      const id = await writeRun(
        join(other, "runs"),
        tinyConfig,
        predictionsOf(["a fear fear"], classes),
      );
      expect(await runCommand(["labels", "--run", id], other)).toMatchObject({
        exitCode: 1,
        stderr: `error: run ${id}: expected labels.csv, found none, since an earlier version trained the run. Remove the run's folder to train it again.\n`,
      });
    } finally {
      await removeFolder(other);
    }
  });

  test("are refused where the run that its folds start from is gone", slow, async () => {
    const config = JSON.parse(await inFolder("runs", plain, "config.json"));
    const started = { ...config, pretrained: { run: "0123456789ab" } };
    const answers = predictionsOf(["a fear fear"], ["fear", "joy"]);
    const id = await writeRun(join(folder, "runs"), started, answers);
    await writeFile(
      join(folder, "runs", id, "labels.csv"),
      await inFolder("runs", plain, "labels.csv"),
    );
    expect((await exp(`labels --run ${id} --folds 2`)).stderr).toBe(
      `error: run ${id}: expected run 0123456789ab, which it was made from, in runs, found none that is finished. Repeat the command that trained them.\n`,
    );
  });
});
