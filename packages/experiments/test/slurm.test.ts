/**
 * @file A table on a real Slurm of this machine, which takes the processor away from its tasks in every way it has: the
 * table is that of one process, and so is every file of its runs.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { runCommand } from "@mvt/testing/command-line";
import { filesBelow, makeFolder, removeFolder } from "@mvt/testing/folder";
import { missingPrograms, startSlurm } from "@mvt/testing/slurm";
import type { SlurmCluster } from "@mvt/testing/slurm";
import { beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { listSubmissions, readSubmission } from "../src/launch/submission.ts";
import type { runsWatchJson } from "../src/launch/watch.ts";
import { listCheckpoints } from "../src/runs/checkpoint-files.ts";
import { parseHolder } from "../src/runs/lock-holder.ts";
import { remains } from "./fixtures/train.ts";

const missing = await missingPrograms(false);
if (missing.length > 0) {
  process.stderr.write(
    `slurm.test.ts is skipped: Slurm is not installed, there is no ${missing.join(", ")}. On Debian: apt-get install slurm-wlm\n`,
  );
}

/** Two runs from the start, and four that go on from one of them. */
const table = [
  "table2",
  "--scale",
  "smoke",
  "--datasets",
  "raf-db",
  "--threads",
  "1",
  "--out",
  "out",
];
const submit = [...table, "--launcher", "slurm", "--slurm-partition", "low", "--slurm-time", "60"];
/** With its unit for `timeout`: on two idle cores all of it takes less than four minutes. */
const minute = 60_000;

/** Waits until `look` gives something. Throws with `what` if that takes too long. */
async function until<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
  for (const since = Date.now(); Date.now() - since < 5 * minute;) {
    const found = await look();
    if (found !== undefined) return found;
    await setTimeout(50);
  }
  throw new Error(`waited in vain until ${what}`);
}

describe.skipIf(missing.length > 0)("a table on Slurm", { tags: ["slow"] }, () => {
  /** here/ has what one process makes, there/ what Slurm makes, ended/ what is cancelled. */
  let folder: string;
  let slurm: SlurmCluster;
  const runsOf = (place: string) => join(folder, place, "runs");
  const exp = (place: string, args: readonly string[]) =>
    runCommand(args, join(folder, place), slurm.variables);

  beforeAll(async () => {
    folder = await makeFolder();
    for (const place of ["here", "there", "ended"]) await mkdir(join(folder, place));
    slurm = await startSlurm();
    return async () => {
      await slurm.stop();
      await removeFolder(folder);
    };
  }, 3 * minute);

  /** Submits the table. Returns the tasks of its first wave, which are two. */
  async function submitted(place: string) {
    expect(await exp(place, submit)).toMatchObject({ exitCode: 0 });
    const [name] = await listSubmissions(runsOf(place));
    const { waves } = await readSubmission(runsOf(place), name!);
    const [a, b] = waves[0]!.jobs.flatMap(({ job, tasks }) =>
      tasks.map(({ task, run }) => ({ job: `${job}_${task}`, run: join(runsOf(place), run) })),
    );
    return [a!, b!] as const;
  }

  /** The process that trains a run, once it has a checkpoint other than `before`. */
  async function trainingOf(run: string, before?: string) {
    return until(`${run} has a new checkpoint`, async () => {
      const [checkpoint] = await listCheckpoints(run).catch(() => []);
      const pid = parseHolder(await readFile(join(run, "lock"), "utf8").catch(() => ""))?.pid;
      if (checkpoint === undefined || checkpoint === before || pid === undefined) return undefined;
      return pid;
    });
  }

  /** The same, once it has done more than there is; it stands still from then on. */
  async function frozen(run: string) {
    const [before] = await listCheckpoints(run).catch(() => []);
    const training = await trainingOf(run, before);
    process.kill(training, "SIGSTOP");
    return training;
  }

  /** What Slurm says of a job by one of its names, such as Restarts. */
  const show = async (job: string, name: string) =>
    new RegExp(` ${name}=(\\S*)`).exec(await slurm.ask("scontrol", "-o", "show", "job", job))?.[1];
  const limitTime = (job: string, minutes: number) =>
    slurm.ask("scontrol", "update", `JobId=${job}`, `TimeLimit=${minutes}`);
  /** Waits until a job runs that was restarted so often. */
  const restarted = (job: string, times: number) =>
    until(`job ${job} is restarted`, async () => {
      const [restarts, state] = [await show(job, "Restarts"), await show(job, "JobState")];
      return Number(restarts) >= times && state === "RUNNING" ? true : undefined;
    });

  test(
    "is that of one process, although tasks were killed, preempted, out of time, and lost their node",
    { timeout: 20 * minute },
    async () => {
      const here = exp("here", table);
      const [a, b] = await submitted("there");
      // Each stands still while something is done to the other, so that it is not finished before its turn.
      const [first, second] = await Promise.all([frozen(a.run), frozen(b.run)]);

      // A process is killed, by the system for lack of memory or by somebody.
      process.kill(first, "SIGKILL");
      const goesOn = restarted(a.job, 1).then(() => frozen(a.run));
      // The time of a task is nearly over: the script gets SIGUSR1 within half a minute, and passes SIGTERM on.
      const [, minutes = 0, seconds = 0] = (await show(b.job, "RunTime"))!.split(":").map(Number);
      await limitTime(b.job, Math.ceil(minutes + seconds / 60) + 1);
      await until("SIGTERM reaches the process whose time is nearly over", async () => {
        const status = await readFile(`/proc/${second}/status`, "utf8");
        const pending = BigInt(`0x${/^ShdPnd:\s*(\w+)/m.exec(status)![1]}`);
        return (pending & (1n << 14n)) === 0n ? undefined : true;
      });
      process.kill(second, "SIGCONT");
      await restarted(b.job, 1);
      await Promise.all([goesOn, frozen(b.run)]);
      await limitTime(b.job, 60);

      // A job that is worth more takes the whole node of a task. Slurm wakes what it ends.
      const whole = [
        "--partition=high",
        "--exclusive",
        `--nodelist=${await show(b.job, "NodeList")}`,
      ];
      const end = ["--parsable", "--output=/dev/null", "--wrap=sleep 1"];
      const other = (await slurm.ask("sbatch", ...whole, ...end)).trim();
      await restarted(b.job, 2);
      if (Number(await show(a.job, "Restarts")) > 1) {
        await restarted(a.job, 2);
        await frozen(a.run);
      }
      await until("the other job has ended", async () =>
        (await show(other, "JobState")) === "COMPLETED" ? true : undefined,
      );

      // A node fails. The task may start on the other one while its process on this one still writes its checkpoint.
      const restarts = Number(await show(a.job, "Restarts"));
      const lost = (await show(a.job, "NodeList"))!;
      const setNode = (...state: readonly string[]) =>
        slurm.ask("scontrol", "update", `NodeName=${lost}`, ...state);
      await setNode("State=DOWN", "Reason=test");
      await restarted(a.job, restarts + 1);
      await until(`node ${lost} is back`, async () => {
        await setNode("State=RESUME").catch(() => {}); // refused if it is back by itself
        const state = await slurm.ask("sinfo", "--noheader", "--nodes", lost, "--format=%T");
        return state.startsWith("down") ? undefined : true;
      });

      const watched = await exp("there", ["runs", "watch", "--json"]);
      expect(watched).toMatchObject({ exitCode: 0 });
      const { jobs } = JSON.parse(watched.stdout) as z.infer<typeof runsWatchJson>;
      expect(jobs.map(({ state }) => state)).toEqual(Array(7).fill("finished"));

      expect(await here).toMatchObject({ exitCode: 0 });
      // Only when they were written differs.
      const report = async (place: string, file: string) =>
        (await readFile(join(folder, place, "out", file), "utf8")).replaceAll(
          /\d{4}-\d\d-\d\dT[\d:.]+Z/g,
          "DATE",
        );
      for (const file of ["table2.md", "table2.csv"]) {
        expect(await report("there", file)).toBe(await report("here", file));
      }
      for (const { run } of jobs) {
        if (run === undefined) continue;
        expect(await remains(join(runsOf("there"), run))).toEqual(
          await remains(join(runsOf("here"), run)),
        );
      }
    },
  );

  test("is cancelled and leaves neither a job nor a lock", { timeout: 10 * minute }, async () => {
    const tasks = await submitted("ended");
    await Promise.all(tasks.map(({ run }) => trainingOf(run)));
    const cancelled = await exp("ended", ["runs", "watch", "--cancel"]);
    expect(cancelled).toMatchObject({ exitCode: 0 });
    expect(cancelled.stdout).toContain("7 jobs: 7 cancelled\n");
    expect(await slurm.ask("squeue", "--noheader")).toBe("");
    const left = await filesBelow(runsOf("ended"));
    expect(left.filter((path) => path.includes("lock"))).toEqual([]);
    for (const { run } of tasks) expect(await listCheckpoints(run)).not.toEqual([]);
  });
});
