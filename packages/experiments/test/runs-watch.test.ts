/** @file `pnpm exp runs watch`: what it says of a submission's jobs, with a squeue and a sacct that print what the tests give them. */
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import { filesBelow, makeFolder, removeFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";
import { beforeEach, describe, expect, test } from "vitest";
import { cancelSubmission, runsWatchJson, watchFacts } from "../src/launch/watch.ts";
import { SlurmError } from "../src/launch/slurm-state.ts";
import { submissionFolder, writeSubmission } from "../src/launch/submission.ts";
import type { Submission } from "../src/launch/submission.ts";
import { encodeHolder, thisProcess } from "../src/runs/lock-holder.ts";
import { takeLock } from "../src/runs/lock.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const name = "table2-20261128-144056";
const locks = { beat: 20, lease: 200, poll: 20 };
let folder: string;
let runs: string;
/** One that is finished, one that is not, one that nobody has begun. */
let ids: readonly [string, string, string];
let submission: Submission;

beforeEach(async () => {
  folder = await makeFolder();
  runs = join(folder, "the runs");
  const answers = predictionsOf(["1 surprise surprise"], ["surprise", "fear", "anger"]);
  ids = [
    await writeRun(runs, tinyConfig, answers),
    await writeRun(runs, { ...tinyConfig, seed: 1 }),
    "0123456789ab",
  ];
  await writeFile(join(runs, ids[1], "metrics.jsonl"), "{}\n{}\n");
  await mkdir(join(submissionFolder(runs, name), "logs"), { recursive: true });
  submission = {
    name,
    date: "2026-11-28T14:40:56.000Z",
    command: ["table2"],
    folder,
    waves: [
      {
        jobs: [
          {
            job: "7",
            script: "wave-1.sh",
            tasks: ids.map((run, task) => ({ task, run, title: `seed ${task}` })),
          },
        ],
      },
    ],
    report: { job: "9", script: "report.sh" },
  };
  await writeSubmission(runs, submission);
  return () => removeFolder(folder);
});

/** Programs in a folder, for the path: squeue and sacct print these texts, scancel nothing. */
async function programs(texts: Readonly<Record<"squeue" | "sacct", string>>) {
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const [program, text] of Object.entries({ ...texts, scancel: "" })) {
    const script = `#!/bin/sh\ncat <<'END'\n${text}END\n`;
    await writeFile(join(bin, program), script, { mode: 0o755 });
  }
  return { PATH: `${bin}:${process.env["PATH"]}` };
}

const watch = async (args: readonly string[], texts: Parameters<typeof programs>[0]) =>
  runCommand(["runs", "watch", ...args, "--runs", "the runs"], folder, await programs(texts));

describe("`runs watch`", () => {
  test("has a line for every job, and for one that failed its log's end and how to do it again", async () => {
    const log = join(submissionFolder(runs, name), "logs", `${ids[1]}.log`);
    await writeFile(log, `first\n${"a line\n".repeat(9)}error: the \u001B[31mdisk is full\n`);
    const { exitCode, stdout, stderr } = await watch([], {
      squeue: "",
      sacct:
        "7_0|COMPLETED|65|n1|0:0\n7_1|FAILED|9|n2|1:0\n7_2|CANCELLED by 0|0|None assigned|0:0\n9|FAILED|1|n1|1:0\n",
    });
    expect(exitCode).toBe(1);
    const where = join("the runs", ".slurm", name);
    const script = (file: string) => `'${join(submissionFolder(runs, name), file)}'`;
    expect(stdout).toBe(`\
finished                      seed 0      4 of ${tinyConfig.training.epochs} epochs  1 min 5 s  n1  ${where}/logs/${ids[0]}.log
failed (FAILED, exit code 1)  seed 1      2 of ${tinyConfig.training.epochs} epochs  9 s        n2  ${where}/logs/${ids[1]}.log
cancelled                     seed 2                     0 s            ${where}/logs/${ids[2]}.log
failed (FAILED, exit code 1)  the report                 1 s        n1  ${where}/logs/report.log
4 jobs: 1 finished, 2 failed, 1 cancelled

seed 1 (job 7_1) failed. The end of ${where}/logs/${ids[1]}.log:
    a line
    a line
    a line
    a line
    a line
    a line
    a line
    error: the \\x1b[31mdisk is full
Once more: sbatch --array=1 ${script("wave-1.sh")}

the report (job 9) failed. It has printed nothing to ${where}/logs/report.log
Once more: sbatch ${script("report.sh")}
`);
    expect(stderr).toContain(
      `error: runs watch ${name}: expected all jobs to finish, found 4 jobs: 1 finished, 2 failed, 1 cancelled. Repeat the command that submitted them, which submits what is missing.\n`,
    );
  });

  test("tells once how things are, and that is no failure while nothing failed", async () => {
    const { exitCode, stdout, stderr } = await watch([name, "--once"], {
      squeue:
        "7|0|COMPLETED|1:05|n1|None\n7|1|RUNNING|0:30|n2|None\n7|2|PENDING|0:00||Resources\n9|N/A|PENDING|0:00||Dependency\n",
      sacct: "",
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("waiting (Dependency)  the report");
    expect(stdout).toContain("4 jobs: 2 waiting, 1 running, 1 finished\n");
  });

  test("writes facts", async () => {
    const { stdout } = await watch(["--json"], {
      squeue: "",
      sacct: "7_0|COMPLETED|65|n1|0:0\n7_1|TIMEOUT|60|n2|0:0\n9|COMPLETED|1|n1|0:0\n",
    });
    const { jobs } = runsWatchJson.parse(JSON.parse(stdout));
    expect(jobs.map(({ job, state, slurm }) => [job, state, slurm])).toEqual([
      ["7_0", "finished", "COMPLETED"],
      ["7_1", "failed", "TIMEOUT"],
      ["7_2", "failed", undefined], // Slurm has forgotten it, and its run is not finished
      ["9", "finished", "COMPLETED"],
    ]);
    expect(jobs[1]).toMatchObject({ run: ids[1], epoch: 2, epochs: tinyConfig.training.epochs });
  });

  refuses([
    {
      what: "where nothing was submitted",
      args: "runs watch",
      exitCode: 1,
      stderr:
        "runs watch: expected a submission in runs, found none. `pnpm exp table2 --launcher slurm` makes one; --runs names the folder of its runs.",
    },
    {
      what: "only with watch",
      args: "runs list --once",
      exitCode: 2,
      stderr: "--once: expected it with `runs watch`, got it with `runs list`. Leave it out.",
    },
  ]);
});

test("a run that somebody else finished is so whatever its job did", async () => {
  const { jobs } = await watchFacts(submission, runs, async (program) =>
    program === "squeue" ? "7|0|FAILED|1:05|n1|NonZeroExitCode\n" : "",
  );
  expect(jobs[0]).toMatchObject({ state: "finished", slurm: "FAILED" });
});

describe("cancelling", () => {
  /** Slurm with a task that asks to be requeued while it is cancelled: it takes two cancellations. */
  const stubborn = () => {
    let cancelled = 0;
    return {
      cancellations: () => cancelled,
      ask: async (program: string) => {
        if (program === "scancel") cancelled += 1;
        if (program === "sacct") throw new SlurmError("Slurm accounting storage is disabled");
        return cancelled < 2 && program === "squeue" ? "7|1|PENDING|0:00||BeginTime\n" : "";
      },
    };
  };

  test("goes on until no job is left", async () => {
    const { ask, cancellations } = stubborn();
    const said: string[] = [];
    await cancelSubmission(submission, runs, { say: (line) => said.push(line), ask, locks });
    expect(cancellations()).toBe(2);
    expect(said).toEqual(["waiting for 1 job to end"]);
  });

  test("frees the lock of a job that was killed on another machine", async () => {
    const lock = join(runs, ids[1], "lock");
    await writeFile(lock, encodeHolder({ ...(await thisProcess()), host: "gpu-9" }, 3));
    await cancelSubmission(submission, runs, { say: () => {}, ask: async () => "", locks });
    expect(await filesBelow(runs)).not.toContain(`${ids[1]}/lock`);
    await expect(access(join(runs, ids[2]))).rejects.toThrow("ENOENT"); // and makes no folder
  });

  test("leaves a lock that somebody else holds, and says who", async () => {
    const held = await takeLock(runs, ids[1], locks);
    try {
      const said: string[] = [];
      await cancelSubmission(submission, runs, {
        say: (line) => said.push(line),
        ask: async () => "",
        locks,
      });
      expect(said.at(-1)).toContain(
        `run ${ids[1]}: expected that nobody else uses it, found process ${process.pid}`,
      );
      expect(await filesBelow(runs)).toContain(`${ids[1]}/lock`);
    } finally {
      await held.release();
    }
  });
});
