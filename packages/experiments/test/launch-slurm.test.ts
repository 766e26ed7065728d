/** @file A table by a Slurm of a few lines of shell is that of the local launcher. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import type { Finished } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";
import { readSubmission, listSubmissions } from "../src/launch/submission.ts";
import type { Submission } from "../src/launch/submission.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { fakeSlurm } from "./fixtures/fake-slurm.ts";
import type { FakeSlurm } from "./fixtures/fake-slurm.ts";
import { withoutOrigin } from "./fixtures/train.ts";

const slow = { tags: ["slow"] };

/** A folder whose name has to be quoted, with data/raf-db. */
let parent: string;
let folder: string;

beforeAll(async () => {
  parent = await makeFolder();
  folder = join(parent, "it's a 100% #1 folder");
  await drawFaces(join(folder, "data"), "raf-db");
  return () => removeFolder(parent);
}, 60_000);

const table3 = (runs: string, ...more: readonly string[]) => [
  ..."table3 --scale smoke --datasets raf-db --data data --relabel-start 2".split(" "),
  ...`--set epochs=3 --set mgn.epochs=1 --runs ${runs} --out ${runs}-out`.split(" "),
  ...more,
];

/** The one submission in a folder of runs. */
async function submissionIn(runs: string): Promise<Submission> {
  const [name] = await listSubmissions(join(folder, runs));
  return readSubmission(join(folder, runs), name!);
}

const read = (...path: readonly string[]) => readFile(join(folder, ...path), "utf8");

/** What a run leaves, but for its speed and what made it: all files by name. */
async function contentOf(run: string) {
  const names = (await readdir(run)).filter((name) => !/^(?:manifest|metrics)/.test(name));
  const contents = names.map(async (name) => {
    const bytes = await readFile(join(run, name));
    return [name, name.endsWith(".json") ? withoutOrigin(String(bytes)) : bytes] as const;
  });
  return Object.fromEntries(await Promise.all(contents));
}

describe("a table by Slurm", () => {
  let slurm: FakeSlurm;
  let local: Finished;
  let launched: Finished;
  let submission: Submission;

  beforeAll(async () => {
    slurm = await fakeSlurm(join(parent, "running"), { runs: true });
    const file = { launcher: "slurm", "slurm-partition": "gpu", "slurm-setup": "cd ." };
    await writeFile(join(folder, "cluster.json"), JSON.stringify(file));
    local = await runCommand(table3("local"), folder);
    // What the environment and a file say has its effect in the tasks, which have no environment.
    const args = table3("slurm", "--config", "cluster.json").filter(
      (word) => !/^--?data$|^data$/.test(word),
    );
    launched = await runCommand(args, folder, {
      ...slurm.variables,
      MVT_DATA: "data",
      MVT_LAUNCHER: "slurm",
    });
    submission = await submissionIn("slurm");
  }, 300_000);

  test("is the same, to the last bit", slow, async () => {
    expect([local.exitCode, launched.exitCode, launched.stderr]).toEqual([0, 0, ""]);
    expect(await read("slurm-out/table3.csv")).toBe(await read("local-out/table3.csv"));
    const ids = (await readdir(join(folder, "local"))).toSorted();
    expect((await readdir(join(folder, "slurm"))).toSorted()).toEqual([".slurm", ...ids]);
    for (const id of ids) {
      const [there, here] = ["slurm", "local"].map((runs) => contentOf(join(folder, runs, id)));
      expect(await there).toEqual(await here);
    }
  });

  test("names the command that was typed, without Slurm", slow, async () => {
    const [, command] = /`(pnpm exp [^`]*)`/.exec(await read("slurm-out/table3.md")) ?? [];
    expect(command).toBe(
      "pnpm exp table3 --scale smoke --datasets raf-db --relabel-start 2 --set epochs=3 --set mgn.epochs=1 --runs slurm --out slurm-out --config cluster.json",
    );
  });

  test("trains in waves: a run comes after those that it uses or begins with", slow, async () => {
    const titles = submission.waves.map(({ jobs }) =>
      jobs.flatMap(({ tasks }) => tasks.map(({ title }) => title)),
    );
    expect(titles).toMatchInlineSnapshot(`
      [
        [
          "RAF-DB, no relabelling, epochs=3, seed 0",
        ],
        [
          "RAF-DB, mask generator m = 0.15, epochs=3, mgn.epochs=1, seed 0",
          "RAF-DB, sigmoid, epochs=3, from epoch 2, seed 0",
        ],
        [
          "RAF-DB, MGN m = 0.15, no relabelling, epochs=3, mgn.epochs=1, seed 0",
        ],
        [
          "RAF-DB, MGN m = 0.15, sigmoid, epochs=3, mgn.epochs=1, from epoch 2, seed 0",
        ],
      ]
    `);
  });

  test("hands beginnings over from one task to others", slow, async () => {
    const logs = await Promise.all(
      submission.waves.flatMap(({ jobs }) =>
        jobs.flatMap(({ tasks }) =>
          tasks.map(async ({ run, title }) => {
            const log = await read("slurm/.slurm", submission.name, "logs", `${run}.log`);
            return [title, log.match(/epoch \d+\/\d+/g)] as const;
          }),
        ),
      ),
    );
    expect(Object.fromEntries(logs)).toMatchInlineSnapshot(`
      {
        "RAF-DB, MGN m = 0.15, no relabelling, epochs=3, mgn.epochs=1, seed 0": [
          "epoch 1/3",
          "epoch 2/3",
          "epoch 3/3",
        ],
        "RAF-DB, MGN m = 0.15, sigmoid, epochs=3, mgn.epochs=1, from epoch 2, seed 0": [
          "epoch 2/3",
          "epoch 3/3",
        ],
        "RAF-DB, mask generator m = 0.15, epochs=3, mgn.epochs=1, seed 0": [
          "epoch 1/1",
        ],
        "RAF-DB, no relabelling, epochs=3, seed 0": [
          "epoch 1/3",
          "epoch 2/3",
          "epoch 3/3",
        ],
        "RAF-DB, sigmoid, epochs=3, from epoch 2, seed 0": [
          "epoch 2/3",
          "epoch 3/3",
        ],
      }
    `);
  });

  test("is submitted as an array job for each wave, each after the one before", slow, async () => {
    const path = join(folder, "slurm/.slurm", submission.name);
    expect(await slurm.calls()).toEqual([
      `sbatch --parsable ${path}/wave-1.sh`,
      `sbatch --parsable --dependency=afterany:101 ${path}/wave-2.sh`,
      `sbatch --parsable --dependency=afterany:102 ${path}/wave-3.sh`,
      `sbatch --parsable --dependency=afterany:103 ${path}/wave-4.sh`,
      `sbatch --parsable --dependency=afterany:104 ${path}/report.sh`,
    ]);
    expect(launched.stdout).toBe(
      [
        `submitted ${submission.name}: 5 runs`,
        "wave 1: 1 run, job 101",
        "wave 2: 2 runs, job 102",
        "wave 3: 1 run, job 103",
        "wave 4: 1 run, job 104",
        "report: job 105",
        `pnpm exp runs watch ${submission.name} --runs slurm\n`,
      ].join("\n"),
    );
  });
});

test("a report that lacks runs, whose tasks failed, is not written and says so", slow, async () => {
  const slurm = await fakeSlurm(join(parent, "failing"), { runs: true });
  // Tasks fail before they begin, as where a module is not there; the report's job goes on.
  const setup = `[ "$SLURM_ARRAY_TASK_ID" = none ] || { echo "no such module"; exit 7; }`;
  const args = table3("failed", "--launcher", "slurm", "--slurm-setup", setup);
  const { exitCode } = await runCommand(args, folder, slurm.variables);
  expect(exitCode).toBe(0); // everything was submitted
  const submission = await submissionIn("failed");
  const logs = join("failed/.slurm", submission.name, "logs");
  const ids = submission.waves.flatMap(({ jobs }) =>
    jobs.flatMap(({ tasks }) => tasks.map((task) => task.run)),
  );
  expect(ids).toHaveLength(5);
  for (const id of ids) expect(await read(logs, `${id}.log`)).toBe("no such module\n");
  const report = await read(logs, "report.log");
  expect(report).toContain("error: --no-train: expected 5 finished runs, found 5 that are not.");
  expect(await readdir(folder)).not.toContain("failed-out");
});
