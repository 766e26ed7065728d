/** @file `--launcher slurm`, `--only-runs` and `--no-train` as a user meets them, where nothing is trained. */
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import { filesButHashes, makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";
import { planJson } from "../src/runs/plan-facts.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { fakeSlurm } from "./fixtures/fake-slurm.ts";

/** With data/raf-db. */
let folder: string;

/** What the plan of Table 3 says: its runs, and the waves in which they can be trained. */
let plan: ReturnType<typeof planJson.parse>;

const table3 = (...more: readonly string[]) =>
  runCommand(
    [..."table3 --scale smoke --datasets raf-db --data data".split(" "), ...more],
    folder,
    { PATH: `${join(folder, "bin")}:/usr/bin:/bin` },
  );

beforeAll(async () => {
  folder = await makeFolder();
  await drawFaces(join(folder, "data"), "raf-db");
  await fakeSlurm(join(folder, "bin"));
  plan = planJson.parse(JSON.parse((await table3("--plan", "--json")).stdout));
  return () => removeFolder(folder);
}, 120_000);

const titleOf = (id: string) => plan.runs.find((run) => run.id === id)!.title;

describe("a plan", () => {
  test("says in which order its runs can be trained", () => {
    expect(plan.waves.map((wave) => wave.map(titleOf))).toMatchInlineSnapshot(`
      [
        [
          "RAF-DB, no relabelling, seed 0",
        ],
        [
          "RAF-DB, mask generator m = 0.15, seed 0",
          "RAF-DB, sigmoid, seed 0",
        ],
        [
          "RAF-DB, MGN m = 0.15, no relabelling, seed 0",
        ],
        [
          "RAF-DB, MGN m = 0.15, sigmoid, seed 0",
        ],
      ]
    `);
  });

  test("for Slurm is printed as scripts, and nothing is submitted", async () => {
    const files = await filesButHashes(folder);
    const { exitCode, stdout } = await table3("--launcher", "slurm", "--plan", "--slurm-mem=16G");
    expect(exitCode).toBe(0);
    expect(
      stdout.match(/^# .*\/\.slurm\/.*$/gm)!.map((line) => line.replace(/\/.*\//, "")),
    ).toEqual([
      "# wave-1.sh",
      "# wave-2.sh, once wave-1.sh ended",
      "# wave-3.sh, once wave-2.sh ended",
      "# wave-4.sh, once wave-3.sh ended",
      "# report.sh, once wave-4.sh ended",
    ]);
    expect(stdout.match(/^#SBATCH --mem=16G$/gm)).toHaveLength(5);
    expect(stdout.match(/MVT_ONLY_RUNS=\w+/g)).toEqual(
      plan.waves.flat().map((id) => `MVT_ONLY_RUNS=${id}`),
    );
    const main = join(import.meta.dirname, "../../../apps/exp/src/main.js");
    const command = "table3 --scale smoke --datasets raf-db --data data --launcher local";
    expect(stdout.split(`\n${process.execPath} ${main} ${command}`)).toHaveLength(1 + 5);
    expect(stdout).toContain(`${process.execPath} ${main} ${command} --no-train\n`);
    expect(await filesButHashes(folder)).toEqual(files);
  });
});

describe("some runs of a command", () => {
  test("are not trained before those that they use, which are named", async () => {
    const [[start], , [masked]] = plan.waves as [string[], string[], string[]];
    const generator = plan.runs.find(({ kind }) => kind === "mgn")!;
    const missing = await table3("--only-runs", `${generator.id.slice(0, 8)},${masked!}`);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain(
      `error: ${generator.title} (run ${generator.id}): not trained, because it uses ${titleOf(start!)} (run ${start!}), which is not finished. Train that one first, with --only-runs ${start!}.\n`,
    );
  });

  test("are refused where the command has no such run", async () => {
    const { exitCode, stderr } = await table3("--only-runs", "ffffff");
    expect([exitCode, stderr]).toEqual([
      1,
      `error: --only-runs ffffff: expected the beginning of the id of one of this command's runs, got none in ${plan.runs.length}. --plan lists them. Options, data and the version of this program decide on their ids.\n`,
    ]);
  });
});

test("a report without training names the runs that it lacks", async () => {
  const { exitCode, stdout, stderr } = await table3("--no-train");
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(
    `error: --no-train: expected 5 finished runs, found 5 that are not. Repeat the command without --no-train to train them.\n${plan.runs.map(({ id, title }) => `${id}  ${title}\n`).join("")}`,
  );
});

test("a machine without Slurm is found before anything is drawn", async () => {
  const { exitCode, stderr } = await runCommand(
    ["table2", "--launcher", "slurm", "--out", "elsewhere"],
    folder,
    { PATH: join(folder, "nowhere") },
  );
  expect([exitCode, stderr]).toEqual([
    1,
    "error: --launcher slurm: expected Slurm's `sbatch`, but `sbatch --version` is not there. Run the command on a machine from which jobs are submitted, or leave --launcher out to train here.\n",
  ]);
});
