/** @file The record of what was submitted to Slurm. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@mvt/common";
import { temporaryFolder } from "@mvt/testing/folder";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  listSubmissions,
  logPath,
  makeSubmissionFolder,
  readSubmission,
  submissionFolder,
  writeSubmission,
} from "../src/launch/submission.ts";
import type { Submission } from "../src/launch/submission.ts";
import { listRuns } from "../src/runs/run-folder.ts";

const date = new Date("2026-11-28T14:40:56Z");

/** A submission of one run and a report. */
const submissionOf = (name: string): Submission => ({
  name,
  date: date.toISOString(),
  command: ["table2", "--scale", "smoke"],
  folder: "/home/a user",
  waves: [
    {
      jobs: [
        {
          job: "123",
          script: "wave-1.sh",
          tasks: [{ task: 0, run: "0123456789ab", title: "RAF-DB, linear, seed 0" }],
        },
      ],
    },
  ],
  report: { job: "124", script: "report.sh" },
});

/** Submits to nobody. */
async function recorded(runs: string, command: string, at = date): Promise<string> {
  const name = await makeSubmissionFolder(runs, command, at);
  await writeSubmission(runs, submissionOf(name));
  return name;
}

describe("the record of a submission", () => {
  test("is read as it was written", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const name = await recorded(runs, "table2");
    expect(name).toBe("table2-20261128-144056");
    expect(await readSubmission(runs, name)).toEqual(submissionOf(name));
    expect(logPath(runs, name, "0123456789ab")).toBe(
      join(runs, ".slurm/table2-20261128-144056/logs/0123456789ab.log"),
    );
  });

  test("has a folder of its own, also where two commands submit within a second", async () => {
    const runs = await temporaryFolder(onTestFinished);
    expect(await recorded(runs, "table2")).toBe("table2-20261128-144056");
    expect(await recorded(runs, "table2")).toBe("table2-20261128-144056-2");
  });

  test("is listed, the newest first, once everything is submitted", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const first = await recorded(runs, "table2");
    const second = await recorded(runs, "table2");
    const third = await recorded(runs, "all", new Date("2026-11-29T00:00:00Z"));
    await makeSubmissionFolder(runs, "table3", new Date("2026-12-01T00:00:00Z"));
    expect(await listSubmissions(runs)).toEqual([third, second, first]);
    expect(await listSubmissions(join(runs, "elsewhere"))).toEqual([]);
  });

  test("is no run", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await recorded(runs, "table2");
    expect(await listRuns(runs)).toEqual([]);
  });

  test("is refused where it is not there, or damaged", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const name = await recorded(runs, "table2");
    await expect(readSubmission(runs, "../elsewhere")).rejects.toThrow(
      `submission ../elsewhere: expected one in ${join(runs, ".slurm")}, found ${name}.`,
    );
    await mkdir(submissionFolder(runs, name), { recursive: true });
    await writeFile(join(submissionFolder(runs, name), "submission.json"), "{");
    await expect(readSubmission(runs, name)).rejects.toThrow(UserError);
    await expect(readSubmission(runs, name)).rejects.toThrow("found something else");
  });
});
