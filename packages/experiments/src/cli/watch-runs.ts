/** @file `pnpm exp runs watch`: the jobs of a submission, until nothing is left to do. */
import { setTimeout } from "node:timers/promises";
import { alignColumns, printable, printableLines, UserError } from "@mvt/common";
import { isActive, jobStates, SlurmError } from "../launch/slurm-state.ts";
import { listSubmissions, readSubmission } from "../launch/submission.ts";
import type { Submission } from "../launch/submission.ts";
import { cancelSubmission, runsWatchJson, watchFacts } from "../launch/watch.ts";
import type { JobFacts, SubmissionFacts } from "../launch/watch.ts";
import { writeJson } from "./json-output.ts";
import { say } from "./messages.ts";
import { formatSeconds } from "./progress.ts";

export interface WatchOptions {
  /** End all jobs first. */
  readonly cancel: boolean;
  /** Tell how things are, and do not wait. */
  readonly once: boolean;
  readonly json: boolean;
}

/** Milliseconds between two questions to Slurm, whose controller has others to answer as well. */
const poll = 5000;

/**
 * Says what changes until no job is left, then writes all jobs to stdout. Throws a UserError at the end if a job failed or
 * was cancelled by somebody else.
 *
 * @param name of the submission; the newest if undefined
 */
export async function watchRuns(
  runsFolder: string,
  name: string | undefined,
  { cancel, once, json }: WatchOptions,
): Promise<void> {
  const submission = await readSubmission(runsFolder, name ?? (await newestOf(runsFolder)));
  if (cancel) await cancelSubmission(submission, runsFolder, { say });
  const facts =
    cancel || once
      ? await watchFacts(submission, runsFolder)
      : await withoutStopping(submission, () => untilDone(submission, runsFolder));
  if (json) writeJson(runsWatchJson, facts);
  else for (const line of describeJobs(facts)) process.stdout.write(`${line}\n`);
  const lost = facts.jobs.some(({ state }) => state === "failed" || state === "cancelled");
  if (cancel || !lost) return;
  throw new UserError(
    `runs watch ${submission.name}: expected all jobs to finish, found ${countsOf(facts.jobs)}`,
    { advice: "Repeat the command that submitted them, which submits what is missing." },
  );
}

async function newestOf(runsFolder: string): Promise<string> {
  const [newest] = await listSubmissions(runsFolder);
  if (newest !== undefined) return newest;
  throw new UserError(`runs watch: expected a submission in ${runsFolder}, found none`, {
    advice: "`pnpm exp table2 --launcher slurm` makes one; --runs names the folder of its runs.",
  });
}

/** Says on stderr what changes; what has become of all jobs once none waits or runs. */
async function untilDone(submission: Submission, runsFolder: string): Promise<SubmissionFacts> {
  const told = new Map<string, string>();
  let troubled = false;
  for (;;) {
    try {
      const facts = await watchFacts(submission, runsFolder);
      troubled = false;
      const changed = facts.jobs.filter((job) => told.get(job.job) !== stateText(job));
      for (const job of changed) {
        told.set(job.job, stateText(job));
        if (job.state !== "waiting") say(`${job.title}: ${stateText(job)}${placeText(job)}`);
      }
      if (changed.length > 0) say(countsOf(facts.jobs));
      if (!facts.jobs.some(({ state }) => isActive(state))) return facts;
    } catch (error) {
      // The controller may be restarted, or have too much to do.
      if (!(error instanceof SlurmError)) throw error;
      if (!troubled) say(`${error.message}; asking again`);
      troubled = true;
    }
    await setTimeout(poll);
  }
}

/** Runs `work`; a signal from the terminal ends this process, and says what becomes of the jobs. */
async function withoutStopping<Done>(
  { name }: Submission,
  work: () => Promise<Done>,
): Promise<Done> {
  const onSignal = () => {
    say(
      `the jobs go on. \`pnpm exp runs watch ${name}\` watches them again, and ends them with --cancel.`,
    );
    process.kill(process.pid, "SIGINT");
  };
  process.once("SIGINT", onSignal);
  try {
    return await work();
  } finally {
    process.off("SIGINT", onSignal);
  }
}

/** "failed (TIMEOUT)", "waiting (Dependency)" */
function stateText({ state, slurm, reason }: JobFacts): string {
  if (state === "waiting") return reason === undefined ? state : `${state} (${reason})`;
  if (state !== "failed") return state;
  return `${state} (${[slurm ?? "Slurm does not know it any more", reason].filter(Boolean).join(", ")})`;
}

const placeText = ({ job, node }: JobFacts) =>
  ` (job ${job}${node === undefined ? "" : ` on ${node}`})`;

/** "12 jobs: 10 finished, 2 running" */
function countsOf(jobs: readonly JobFacts[]): string {
  const counts = jobStates.flatMap((state) => {
    const n = jobs.filter((job) => job.state === state).length;
    return n === 0 ? [] : `${n} ${state}`;
  });
  return `${jobs.length} jobs: ${counts.join(", ")}`;
}

/** A line per job, the counts, and of every job that failed the end of its log and how to do it again. */
function describeJobs({ jobs }: SubmissionFacts): readonly string[] {
  const rows = jobs.map((job) => [
    printable(stateText(job)),
    printable(job.title),
    job.epochs === undefined ? "" : `${job.epoch ?? 0} of ${job.epochs} epochs`,
    job.seconds === undefined ? "" : formatSeconds(job.seconds),
    job.node ?? "",
    job.log,
  ]);
  const failed = jobs.filter(({ state }) => state === "failed");
  return [
    ...alignColumns(rows, ["left"]).map((line) => line.trimEnd()),
    countsOf(jobs),
    ...failed.flatMap(({ title, job, log, lastLines = [], rerun }) => [
      "",
      `${printable(title)} (job ${job}) failed. ${lastLines.length === 0 ? `It has printed nothing to ${log}` : `The end of ${log}:`}`,
      ...lastLines.map((line) => `    ${printableLines(line)}`),
      `Once more: ${rerun}`,
    ]),
  ];
}
