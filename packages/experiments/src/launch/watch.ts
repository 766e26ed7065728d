/** @file What has become of a submission: of every job, what Slurm and the run's folder say; and how to end all of them. */
import { access, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { LockedError, lockTimes, takeLock } from "../runs/lock.ts";
import type { LockTimes } from "../runs/lock.ts";
import { readRunFacts } from "../runs/run-facts.ts";
import { quoteWords } from "./shell-words.ts";
import { askSlurm, cancelJobs, isActive, jobStates, readJobs } from "./slurm-state.ts";
import type { AskSlurm, JobState, SlurmJob } from "./slurm-state.ts";
import { logPath, submissionFolder } from "./submission.ts";
import type { Submission } from "./submission.ts";

/** One job of a submission, as `runs watch --json` writes it. */
const jobFacts = z.object({
  job: z.string().describe("Slurm's number of the job; of a task of an array, `JOB_TASK`"),
  title: z.string().describe("the run that it trains, or `the report`, for people"),
  run: z.string().exactOptional().describe("id of the run; absent of the report"),
  state: z.enum(jobStates).describe("`waiting`, `running`, `finished`, `failed` or `cancelled`"),
  slurm: z
    .string()
    .exactOptional()
    .describe("Slurm's word for the state; absent if Slurm does not know the job any more"),
  reason: z.string().exactOptional().describe("why it waits, or how it ended"),
  epoch: z.int().exactOptional().describe("epochs of the run that are done"),
  epochs: z.int().exactOptional().describe("epochs of the run that were asked for"),
  seconds: z.number().exactOptional().describe("time since it started, or started again"),
  node: z.string().exactOptional().describe("where it runs or ran"),
  log: z.string().describe("the file with all that it printed"),
  lastLines: z.array(z.string()).exactOptional().describe("of one that failed: the end of its log"),
  rerun: z
    .string()
    .exactOptional()
    .describe("of one that failed: the command that has Slurm do this job again"),
});
export type JobFacts = z.infer<typeof jobFacts>;

/** `pnpm exp runs watch --json` writes this. */
export const runsWatchJson = z.object({
  submission: z.string().describe("its name"),
  jobs: z
    .array(jobFacts)
    .describe("a job per run, in the order of the submission, then the report's"),
});
export type SubmissionFacts = z.infer<typeof runsWatchJson>;

/** A job as it was submitted. */
interface SubmittedJob {
  /** As in `jobFacts`. */
  readonly job: string;
  readonly title: string;
  readonly run?: string;
  readonly log: string;
  readonly rerun: string;
}

function submittedJobs(
  { name, waves, report }: Submission,
  runsFolder: string,
): readonly SubmittedJob[] {
  const pathOf = (script: string) => resolve(submissionFolder(runsFolder, name), script);
  const tasks = waves.flatMap(({ jobs }) =>
    jobs.flatMap(({ job, script, tasks: own }) =>
      own.map(({ task, run, title }) => ({
        job: `${job}_${task}`,
        title,
        run,
        log: logPath(runsFolder, name, run),
        rerun: quoteWords(["sbatch", `--array=${task}`, pathOf(script)]),
      })),
    ),
  );
  const last = {
    job: report.job,
    title: "the report",
    log: logPath(runsFolder, name, "report"),
    rerun: quoteWords(["sbatch", pathOf(report.script)]),
  };
  return [...tasks, last];
}

/** The numbers of all jobs; an array has one. */
const numbersOf = ({ waves, report }: Submission) => [
  ...waves.flatMap(({ jobs }) => jobs.map(({ job }) => job)),
  report.job,
];

/** What has become of every job. */
export async function watchFacts(
  submission: Submission,
  runsFolder: string,
  ask: AskSlurm = askSlurm,
): Promise<SubmissionFacts> {
  const submitted = submittedJobs(submission, runsFolder);
  const known = await readJobs(numbersOf(submission), ask);
  const ids = submitted.flatMap(({ run = [] }) => run);
  const runs = new Map((await readRunFacts(runsFolder, ids)).map((facts) => [facts.id, facts]));
  const jobs = submitted.map(async ({ rerun, ...job }): Promise<JobFacts> => {
    const { state: runState, epoch, epochs } = runs.get(job.run ?? "") ?? {};
    const slurm = known.get(job.job);
    const state = stateOf(slurm, runState === "finished");
    return {
      ...job,
      ...slurm,
      state,
      ...(epoch !== undefined && { epoch }),
      ...(epochs !== undefined && { epochs }),
      ...(state === "failed" && { lastLines: await lastLines(job.log), rerun }),
    };
  });
  return { submission: submission.name, jobs: await Promise.all(jobs) };
}

/** A run that is finished is so whatever its job did; a job that Slurm has forgotten and whose run is not finished failed. */
function stateOf(slurm: SlurmJob | undefined, finished: boolean): JobState {
  if (slurm !== undefined && isActive(slurm.state)) return slurm.state;
  return finished ? "finished" : (slurm?.state ?? "failed");
}

/** As many lines of a log tell why a command ended. */
const linesShown = 8;
/** Bytes that hold them. */
const tailBytes = 8192;

/** The end of a log; nothing if there is none. */
async function lastLines(path: string): Promise<string[]> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    );
    const lines = buffer.toString("utf8", 0, bytesRead).trimEnd().split("\n");
    return lines.slice(-linesShown);
  } finally {
    await file.close();
  }
}

/**
 * Ends all jobs of a submission and waits until Slurm has none of them any more; then frees the locks that killed ones left. A lock
 * that somebody else holds, such as a command on another machine, stays.
 */
export async function cancelSubmission(
  submission: Submission,
  runsFolder: string,
  {
    say,
    ask = askSlurm,
    locks = lockTimes,
  }: {
    readonly say: (line: string) => void;
    readonly ask?: AskSlurm;
    readonly locks?: LockTimes;
  },
): Promise<void> {
  const numbers = numbersOf(submission);
  let told = -1;
  for (;;) {
    const all = [...(await readJobs(numbers, ask)).values()];
    const active = all.filter(({ state }) => isActive(state)).length;
    if (active === 0) break;
    // Again and again: a task may just have asked to be requeued.
    await cancelJobs(numbers, ask);
    if (active !== told) say(`waiting for ${active === 1 ? "1 job" : `${active} jobs`} to end`);
    told = active;
    await setTimeout(locks.poll);
  }
  const ids = submission.waves.flatMap(({ jobs }) =>
    jobs.flatMap(({ tasks }) => tasks.map(({ run }) => run)),
  );
  await Promise.all(ids.map((id) => freeLock(runsFolder, id, say, locks)));
}

/** Takes the lock that a killed job left, once its lease is over, and lets go of it. */
async function freeLock(
  runsFolder: string,
  id: string,
  say: (line: string) => void,
  locks: LockTimes,
): Promise<void> {
  const there = await access(join(runsFolder, id, "lock")).then(
    () => true,
    () => false,
  );
  if (!there) return;
  say(`run ${id}: its job was killed; waiting until its lock does not count any more`);
  try {
    await (await takeLock(runsFolder, id, locks)).release();
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    say(error.message);
  }
}
