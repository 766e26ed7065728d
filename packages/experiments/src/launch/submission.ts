/**
 * @file What was submitted to Slurm: a folder below that of the runs, which holds the scripts, the logs and a record.
 *
 *     runs/.slurm/table2-20261128-144056/submission.json   the record, once every job is submitted
 *                                        wave-1.sh          the script of an array job, with a task for each run
 *                                        report.sh          the script of the job that writes the report
 *                                        logs/<run id>.log  what the task of a run printed
 *                                        logs/report.log
 */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseJson, UserError } from "@mvt/common";
import { readRegularText, writeWhole } from "@mvt/common/files";
import { z } from "zod";

const namePattern = /^[a-z][a-z0-9-]*-(\d{8}-\d{6})(?:-(\d+))?$/;

/** A job's number, and its script, whose file lies in the folder of the submission. */
const job = {
  job: z.string().regex(/^\d+$/),
  script: z.string().regex(/^[\w-]+\.sh$/),
};

/** One run: a task of an array job. */
const submittedTask = z.object({
  /** SLURM_ARRAY_TASK_ID. */
  task: z.int().nonnegative(),
  /** The run's id. */
  run: z.string().regex(/^[0-9a-f]{12}$/),
  title: z.string(),
});
export type SubmittedTask = Readonly<z.infer<typeof submittedTask>>;

const submissionSchema = z.object({
  /** Its folder's name: "table2-20261128-144056", the command and the time in UTC. */
  name: z.string().regex(namePattern),
  /** ISO 8601. */
  date: z.iso.datetime(),
  /** What was typed after `pnpm exp`, without --launcher, --slurm-* and the like. */
  command: z.array(z.string()),
  /** The working directory, in which the tasks run. */
  folder: z.string(),
  /** The runs of a wave need finished runs and those of earlier waves only. It is one array job, or several if it is large. */
  waves: z.array(
    z.object({ jobs: z.array(z.object({ ...job, tasks: z.array(submittedTask).min(1) })).min(1) }),
  ),
  /** The job that writes the report, after the last wave. */
  report: z.object(job),
});
export type Submission = Readonly<z.infer<typeof submissionSchema>>;

/** The folder of a submission. */
export function submissionFolder(runsFolder: string, name: string): string {
  return join(runsFolder, ".slurm", name);
}

/** The log of a run's task, or of the job that writes the report. */
export function logPath(runsFolder: string, name: string, of: string): string {
  return join(submissionFolder(runsFolder, name), "logs", `${of}.log`);
}

/** "table2-20261128-144056" */
export function submissionName(command: string, date: Date): string {
  const [day = "", time = ""] = date.toISOString().split("T");
  return `${command}-${day.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}`;
}

/** Makes the folder of a submission, and that of its logs. Returns its name, with a number where there is such a folder already. */
export async function makeSubmissionFolder(
  runsFolder: string,
  command: string,
  date: Date,
): Promise<string> {
  const name = submissionName(command, date);
  await mkdir(join(runsFolder, ".slurm"), { recursive: true });
  for (let n = 1; ; n += 1) {
    const tried = n === 1 ? name : `${name}-${n}`;
    try {
      await mkdir(submissionFolder(runsFolder, tried));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    await mkdir(join(submissionFolder(runsFolder, tried), "logs"));
    return tried;
  }
}

/** Writes the record into the submission's folder. */
export async function writeSubmission(runsFolder: string, submission: Submission): Promise<void> {
  const json = JSON.stringify(submissionSchema.parse(submission), null, 2);
  await writeWhole(recordPath(runsFolder, submission.name), `${json}\n`);
}

/** Throws a UserError if there is no such submission, or if its record is damaged. */
export async function readSubmission(runsFolder: string, name: string): Promise<Submission> {
  const known = await listSubmissions(runsFolder);
  if (!known.includes(name)) {
    throw new UserError(
      `submission ${name}: expected one in ${join(runsFolder, ".slurm")}, found ${known.length === 0 ? "none there" : known.join(", ")}`,
      { advice: "Name one of these, or the folder of its runs with --runs." },
    );
  }
  const path = recordPath(runsFolder, name);
  const parsed = submissionSchema.safeParse(parseJson(await readRegularText(path)));
  if (parsed.success && parsed.data.name === name) return parsed.data;
  throw new UserError(`${path}: expected the record of submission ${name}, found something else`, {
    advice: `The jobs that Slurm has by this name are listed by \`squeue -n ${name}\`.`,
  });
}

/** The names of all submissions, the newest first. */
export async function listSubmissions(runsFolder: string): Promise<readonly string[]> {
  const folder = join(runsFolder, ".slurm");
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    if (!namePattern.test(name)) continue;
    const files = await readdir(join(folder, name)).catch((): string[] => []);
    if (files.includes("submission.json")) names.push(name);
  }
  return names.toSorted((a, b) => {
    const [, timeA = "", numberA = "1"] = namePattern.exec(a)!;
    const [, timeB = "", numberB = "1"] = namePattern.exec(b)!;
    return timeB.localeCompare(timeA) || Number(numberB) - Number(numberA) || a.localeCompare(b);
  });
}

const recordPath = (runsFolder: string, name: string) =>
  join(submissionFolder(runsFolder, name), "submission.json");
