/** @file Handing scripts to Slurm: all of a submission, or none. */
import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { PlannedRun } from "../src/runs/planned-run.ts";
import { slurmScripts } from "../src/launch/slurm-scripts.ts";
import type { ScriptSetting } from "../src/launch/slurm-scripts.ts";
import { listSubmissions, makeSubmissionFolder, readSubmission } from "../src/launch/submission.ts";
import { mostTasksOfArray, requireSlurm, submitScripts } from "../src/launch/submit.ts";
import { taskBody } from "../src/launch/task-body.ts";
import { fakeSlurm } from "./fixtures/fake-slurm.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

afterEach(() => vi.unstubAllEnvs());

const run = (n: number): PlannedRun => ({
  id: `00000000000${n}`,
  title: `RAF-DB, seed ${n}`,
  config: tinyConfig,
  data: undefined as never, // nothing is trained
  after: [],
});

const setting: ScriptSetting = {
  name: "table2-20261128-144056",
  runsFolder: "/home/a user/50% runs",
  folder: "/home/a user",
  train: ["/opt/node", "main.js", "table2", "--config", "it's.yaml", "--launcher", "local"],
  report: ["/opt/node", "main.js", "table2", "--launcher", "local", "--no-train"],
  watch: ["/opt/node", "main.js", "runs", "watch", "table2-20261128-144056", "--once"],
  variables: { MVT_DATA: "/data of all" },
  request: {
    slurmPartition: "gpu",
    slurmAccount: "faces",
    slurmTime: "8:00:00",
    slurmMem: "16G",
    slurmGpus: 1,
    slurmMost: 20,
    slurmDirective: ["constraint=a100", "--exclusive"],
    slurmSetup: ["module load node"],
  },
  cpus: 4,
};

describe("the scripts of a submission", () => {
  test("say what Slurm is asked for, and train one run in each task", () => {
    const { waves } = slurmScripts([[run(1), run(2)]], setting, 1001);
    expect(waves.flat().map(({ file }) => file)).toEqual(["wave-1.sh"]);
    const body = taskBody(setting.train, setting.runsFolder);
    expect(waves[0]![0]!.text.replace(body, () => "(the body)")).toMatchInlineSnapshot(`
      "#!/bin/bash
      #SBATCH --job-name=table2-20261128-144056
      #SBATCH --output="/home/a user/50%% runs/.slurm/table2-20261128-144056/logs"/wave-1.%a.log
      #SBATCH --open-mode=append
      #SBATCH --partition=gpu
      #SBATCH --account=faces
      #SBATCH --time=8:00:00
      #SBATCH --mem=16G
      #SBATCH --gres=gpu:1
      #SBATCH --cpus-per-task=4
      #SBATCH --array=0-1%20
      #SBATCH --signal=B:USR1@120
      #SBATCH --requeue
      #SBATCH --constraint=a100
      #SBATCH --exclusive

      cd '/home/a user' || exit 1
      unset "\${!MVT_@}"
      export MVT_DATA='/data of all'
      module load node
      case $SLURM_ARRAY_TASK_ID in
        0) export MVT_ONLY_RUNS=000000000001 ;; # RAF-DB, seed 1
        1) export MVT_ONLY_RUNS=000000000002 ;; # RAF-DB, seed 2
      esac
      (the body)"
    `);
  });

  test("write the report, and show the tasks where it lacks some", () => {
    expect(slurmScripts([], setting, 1001).report.text).toMatchInlineSnapshot(`
      "#!/bin/bash
      #SBATCH --job-name=table2-20261128-144056
      #SBATCH --output="/home/a user/50%% runs/.slurm/table2-20261128-144056/logs"/report.log
      #SBATCH --open-mode=append
      #SBATCH --partition=gpu
      #SBATCH --account=faces
      #SBATCH --time=8:00:00
      #SBATCH --mem=16G
      #SBATCH --gres=gpu:1
      #SBATCH --cpus-per-task=4
      #SBATCH --constraint=a100
      #SBATCH --exclusive

      cd '/home/a user' || exit 1
      unset "\${!MVT_@}"
      export MVT_DATA='/data of all'
      module load node
      /opt/node main.js table2 --launcher local --no-train
      code=$?
      [ $code -eq 0 ] || /opt/node main.js runs watch table2-20261128-144056 --once
      exit $code
      "
    `);
  });

  test("are several for a wave of more tasks than an array job may have", () => {
    const { waves } = slurmScripts([[run(1), run(2), run(3)], [run(4)]], setting, 2);
    expect(
      waves.map((scripts) =>
        scripts.map(({ file, tasks }) => [file, ...tasks.map((task) => [task.task, task.run])]),
      ),
    ).toEqual([
      [
        ["wave-1-1.sh", [0, run(1).id], [1, run(2).id]],
        ["wave-1-2.sh", [0, run(3).id]],
      ],
      [["wave-2.sh", [0, run(4).id]]],
    ]);
  });
});

/**
 * Submits four runs in two waves, of which array jobs of two tasks make three. `signal` comes once the first is submitted.
 */
async function submit(
  options: Parameters<typeof fakeSlurm>[1],
  limited = false,
  signal?: "SIGINT",
) {
  const folder = await temporaryFolder(onTestFinished);
  const slurm = await fakeSlurm(join(folder, "bin"), options);
  vi.stubEnv("PATH", slurm.variables["PATH"]);
  const runsFolder = join(folder, "runs");
  const date = new Date("2026-11-28T14:40:56Z");
  const name = await makeSubmissionFolder(runsFolder, "table2", date);
  const scripts = slurmScripts(
    [[run(1), run(2), run(3)], [run(4)]],
    { ...setting, name, runsFolder },
    await mostTasksOfArray(),
  );
  const said: string[] = [];
  const submitted = submitScripts(
    scripts,
    { name, date: date.toISOString(), command: ["table2"], folder },
    { runsFolder, limited, say: (line) => said.push(line) },
  );
  if (signal !== undefined) {
    while ((await slurm.calls()).length === 0) await setTimeout(10);
    process.emit(signal, signal); // as when the terminal sends it
  }
  const error = await submitted.then(
    () => undefined,
    (reason: unknown) => (reason as Error).message,
  );
  const calls = (await slurm.calls()).map((line) => line.replaceAll(/\S+\/(?=[\w-]+\.sh)/g, ""));
  return { error, calls, said, runsFolder, name };
}

describe("a submission", () => {
  test("is recorded with the jobs of its waves, each after the one before", async () => {
    const { calls, runsFolder, name } = await submit({ most: 2 });
    expect(calls).toEqual([
      "sbatch --parsable wave-1-1.sh",
      "sbatch --parsable wave-1-2.sh",
      "sbatch --parsable --dependency=afterany:101:102 wave-2.sh",
      "sbatch --parsable --dependency=afterany:103 report.sh",
    ]);
    const { waves, report } = await readSubmission(runsFolder, name);
    expect(waves.map(({ jobs }) => jobs.map(({ job, tasks }) => [job, tasks.length]))).toEqual([
      [
        ["101", 2],
        ["102", 1],
      ],
      [["103", 1]],
    ]);
    expect(report).toEqual({ job: "104", script: "report.sh" });
    const logs = join(runsFolder, ".slurm", name, "logs");
    expect(await readlink(join(logs, "wave-1-2.0.log"))).toBe(`${run(3).id}.log`);
    expect(await readFile(join(logs, "../report.sh"), "utf8")).toContain("--no-train");
  });

  test("has the jobs of a wave follow one another where only so many tasks may run", async () => {
    const { calls } = await submit({ most: 2 }, true);
    expect(calls[1]).toBe("sbatch --parsable --dependency=afterany:101 wave-1-2.sh");
    expect(calls[2]).toBe("sbatch --parsable --dependency=afterany:101:102 wave-2.sh");
  });

  test("is cancelled as a whole where Slurm refuses a part of it", async () => {
    const { error, calls, said, runsFolder } = await submit({ most: 2, refused: 3 });
    expect(error).toBe(
      "--launcher slurm: expected Slurm to take wave-2.sh, but `sbatch` failed with 1 and said: sbatch: error: Batch job submission failed: Requested node configuration is not available",
    );
    expect(calls.at(-1)).toBe("scancel 101 102");
    expect(said).toEqual(["cancelled the jobs that were submitted: 101, 102"]);
    expect(await listSubmissions(runsFolder)).toEqual([]);
  });

  test("is cancelled as a whole at Ctrl-C", async () => {
    const { error, calls, said, runsFolder } = await submit({ most: 1 }, false, "SIGINT");
    expect(error).toBe("stopped at SIGINT: the same command submits all of it again.");
    const taken = calls.slice(0, -1).map((_, i) => `${101 + i}`);
    expect(taken.length).toBeLessThan(5); // of four runs and the report
    expect(calls.at(-1)).toBe(`scancel ${taken.join(" ")}`);
    expect(said).toEqual([`cancelled the jobs that were submitted: ${taken.join(", ")}`]);
    expect(await listSubmissions(runsFolder)).toEqual([]);
  });

  test("leaves nothing where Slurm refuses its first part", async () => {
    const { calls, runsFolder } = await submit({ refused: 1 });
    expect(calls).toEqual(["sbatch --parsable wave-1.sh"]);
    expect(await filesBelow(runsFolder)).toEqual([]);
  });

  test("is refused where there is no Slurm", async () => {
    vi.stubEnv("PATH", await temporaryFolder(onTestFinished));
    await expect(requireSlurm()).rejects.toThrow(
      "--launcher slurm: expected Slurm's `sbatch`, but `sbatch --version` is not there. Run the command on a machine from which jobs are submitted, or leave --launcher out to train here.",
    );
    expect(await mostTasksOfArray()).toBe(1001);
  });
});
