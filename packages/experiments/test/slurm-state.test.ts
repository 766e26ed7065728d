/** @file What squeue and sacct print, read. The lines are those of Slurm 22.05. */
import { describe, expect, test } from "vitest";
import {
  cancelJobs,
  meaningOf,
  parseAccounts,
  parseQueue,
  parseTime,
  readJobs,
  SlurmError,
} from "../src/launch/slurm-state.ts";
import type { AskSlurm } from "../src/launch/slurm-state.ts";

describe("squeue's lines", () => {
  test("name tasks of arrays and other jobs", () => {
    const text =
      "123|4|RUNNING|1:02|n1|None\n123|5|PENDING|0:00||Resources\n130|N/A|PENDING|0:00||Dependency\n";
    expect(parseQueue(text)).toEqual([
      { job: "123_4", slurm: "RUNNING", state: "running", seconds: 62, node: "n1" },
      { job: "123_5", slurm: "PENDING", state: "waiting", reason: "Resources", seconds: 0 },
      { job: "130", slurm: "PENDING", state: "waiting", reason: "Dependency", seconds: 0 },
    ]);
  });

  test("may have reasons of several words, and times that are not known", () => {
    const [job] = parseQueue("7|N/A|PENDING|INVALID||Nodes required for job are DOWN\n");
    expect(job).toEqual({
      job: "7",
      slurm: "PENDING",
      state: "waiting",
      reason: "Nodes required for job are DOWN",
    });
  });
});

describe("sacct's lines", () => {
  test("tell how jobs ended", () => {
    const text =
      "123_4|TIMEOUT|3600|n1|0:0\n123_5|FAILED|7|n2|143:0\n123_6|CANCELLED by 1000|2|n1|0:15\n130|COMPLETED|9|n1|0:0\n";
    expect(parseAccounts(text)).toEqual([
      { job: "123_4", slurm: "TIMEOUT", state: "failed", seconds: 3600, node: "n1" },
      {
        job: "123_5",
        slurm: "FAILED",
        state: "failed",
        reason: "exit code 143",
        seconds: 7,
        node: "n2",
      },
      {
        job: "123_6",
        slurm: "CANCELLED",
        state: "cancelled",
        reason: "signal 15",
        seconds: 2,
        node: "n1",
      },
      { job: "130", slurm: "COMPLETED", state: "finished", seconds: 9, node: "n1" },
    ]);
  });

  test("stand for all tasks that have not started", () => {
    const jobs = parseAccounts("123_[0-2,5%3]|PENDING|0|None assigned|0:0\n");
    expect(jobs.map(({ job }) => job)).toEqual(["123_0", "123_1", "123_2", "123_5"]);
    expect(jobs[0]).toEqual({ job: "123_0", slurm: "PENDING", state: "waiting", seconds: 0 });
  });
});

test.each([
  ["3:04", 184],
  ["2:03:04", 7384],
  ["1-02:03:04", 93784],
  ["INVALID", NaN],
])("the time %s is %d seconds", (text, seconds) => {
  expect(parseTime(text)).toBe(seconds);
});

test.each([
  ["REQUEUED", "waiting"],
  ["COMPLETING", "running"],
  ["CANCELLED+", "cancelled"],
  ["NODE_FAIL", "failed"],
  ["OUT_OF_MEMORY", "failed"],
  ["something of a later version", "failed"],
])("%s is %s", (word, state) => {
  expect(meaningOf(word)).toBe(state);
});

/** Slurm's programs that print these texts, or fail with them. */
const programs =
  (texts: Readonly<Record<string, string | SlurmError>>): AskSlurm =>
  async (program) => {
    const text = texts[program] ?? new SlurmError(`${program}: unexpected`);
    if (text instanceof SlurmError) throw text;
    return text;
  };

describe("what Slurm knows of jobs", () => {
  test("is squeue's word where both know one: a requeued job has an earlier end in the accounts", async () => {
    const jobs = await readJobs(
      ["123"],
      programs({
        squeue: "123|0|PENDING|0:00||BeginTime\n",
        sacct: "123_0|PREEMPTED|60|n1|0:0\n123_1|COMPLETED|50|n2|0:0\n",
      }),
    );
    expect([...jobs.values()].map(({ job, state }) => [job, state])).toEqual([
      ["123_0", "waiting"],
      ["123_1", "finished"],
    ]);
  });

  test("is what squeue says where no accounts are kept", async () => {
    const sacct = new SlurmError("Slurm accounting storage is disabled");
    const jobs = await readJobs(["7"], programs({ squeue: "7|N/A|RUNNING|0:01|n1|None\n", sacct }));
    expect(jobs.get("7")?.state).toBe("running");
  });

  test("is nothing of jobs that it has forgotten", async () => {
    const squeue = new SlurmError("slurm_load_jobs error: Invalid job id specified");
    expect((await readJobs(["7"], programs({ squeue, sacct: "" }))).size).toBe(0);
  });

  test("is an error while the controller does not answer", async () => {
    const squeue = new SlurmError("Unable to contact slurm controller (connect failure)");
    await expect(readJobs(["7"], programs({ squeue, sacct: "" }))).rejects.toThrow(squeue);
  });
});

test("cancelling does not mind jobs that have ended, and says what else is wrong", async () => {
  const ended = new SlurmError(
    "scancel: error: Kill job error on job id 7: Invalid job id specified",
  );
  await cancelJobs(["7"], programs({ scancel: ended }));
  const refused = new SlurmError("Access/permission denied");
  await expect(cancelJobs(["7"], programs({ scancel: refused }))).rejects.toThrow(refused);
});
