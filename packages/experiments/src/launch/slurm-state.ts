/** @file What Slurm knows of jobs: its commands squeue and sacct, and what they print; and scancel. */
import { UserError } from "@mvt/common";
import { runProgram } from "../setup/tool.ts";

/** What has become of a job, in the words of `runs watch`. */
export const jobStates = ["waiting", "running", "finished", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

/** A job of Slurm that is no array, or a task of one that is. */
export interface SlurmJob {
  /** "130", or "123_4" of a task of an array. */
  readonly job: string;
  /** Slurm's word, such as RUNNING or TIMEOUT. */
  readonly slurm: string;
  readonly state: JobState;
  /** Why it waits, in Slurm's words, such as Dependency; why it ended. */
  readonly reason?: string;
  /** Since it started last, in seconds. */
  readonly seconds?: number;
  readonly node?: string;
}

/** Slurm's words, by what they mean here. Others, such as TIMEOUT and NODE_FAIL, are of tasks that failed. */
const meanings: Readonly<Record<Exclude<JobState, "failed">, readonly string[]>> = {
  waiting: ["PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"],
  running: [
    "CONFIGURING",
    "RUNNING",
    "COMPLETING",
    "RESIZING",
    "SIGNALING",
    "STAGE_OUT",
    "STOPPED",
    "SUSPENDED",
  ],
  finished: ["COMPLETED"],
  cancelled: ["CANCELLED"],
};

/** What Slurm's word for the state of a job means: "CANCELLED by 1000" is cancelled. */
export function meaningOf(slurm: string): JobState {
  const [word = ""] = slurm.split(/[ +]/);
  const found = Object.entries(meanings).find(([, words]) => words.includes(word));
  return (found?.[0] as JobState | undefined) ?? "failed";
}

/** Whether Slurm still has something to do for a job in this state. */
export const isActive = (state: JobState) => state === "waiting" || state === "running";

/**
 * The jobs, and each task of those that are arrays, by their names. What squeue says of jobs that wait, run or ended a short while
 * ago; of others what sacct says, where Slurm keeps accounts.
 */
export async function readJobs(
  jobs: readonly string[],
  ask: AskSlurm = askSlurm,
): Promise<ReadonlyMap<string, SlurmJob>> {
  const queued = parseQueue(await readQueue(jobs, ask));
  const accounts = await ask("sacct", ["--jobs", jobs.join(), ...accountArgs]).catch(() => "");
  const known = new Map(parseAccounts(accounts).map((job) => [job.job, job]));
  for (const job of queued) known.set(job.job, job);
  return known;
}

const queueArgs = ["--noheader", "--array", "--states=all", "--format=%F|%K|%T|%M|%N|%r"];
const accountArgs = [
  "--noheader",
  "--parsable2",
  "--allocations",
  "--format=JobID,State,ElapsedRaw,NodeList,ExitCode",
];

/** What squeue prints. It does not know a job any more some minutes after its end. */
async function readQueue(jobs: readonly string[], ask: AskSlurm): Promise<string> {
  try {
    return await ask("squeue", ["--jobs", jobs.join(), ...queueArgs]);
  } catch (error) {
    if (error instanceof SlurmError && /Invalid job id/i.test(error.message)) return "";
    throw error;
  }
}

/** Lines of squeue: "123|4|RUNNING|1:02:03|n1|None". */
export function parseQueue(text: string): readonly SlurmJob[] {
  return linesOf(text).map(
    ([base = "", index = "", slurm = "", time = "", node = "", why = ""]) => ({
      job: /^\d+$/.test(index) ? `${base}_${index}` : base,
      slurm,
      state: meaningOf(slurm),
      ...(why !== "" && why !== "None" && { reason: why }),
      ...timesOf(parseTime(time)),
      ...(/^\S+$/.test(node) && { node }),
    }),
  );
}

/** Lines of sacct: "123_4|TIMEOUT|3600|n1|0:0". Tasks that never started are one line, "123_[5-9]". */
export function parseAccounts(text: string): readonly SlurmJob[] {
  return linesOf(text).flatMap(([name = "", words = "", seconds = "", node = "", code = ""]) => {
    const [slurm = ""] = words.split(" ");
    return namesOf(name).map((job) => ({
      job,
      slurm,
      state: meaningOf(slurm),
      ...reasonOf(code),
      ...timesOf(Number(seconds)),
      ...(/^(?!None assigned)\S+$/.test(node) && { node }),
    }));
  });
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.split("|").map((part) => part.trim()));

const timesOf = (seconds: number) => Number.isFinite(seconds) && { seconds };

/** "143:0" is the exit code, "0:9" the signal that ended it. */
function reasonOf(code: string): { readonly reason?: string } {
  const [exit, signal] = code.split(":").map(Number);
  if (signal) return { reason: `signal ${signal}` };
  return exit ? { reason: `exit code ${exit}` } : {};
}

/** "123_4", and all that "123_[0-2,5%3]" stands for. */
function namesOf(name: string): readonly string[] {
  const [, base, list] = /^(\d+)_\[([\d,-]+)(?:%\d+)?\]$/.exec(name) ?? [];
  if (list === undefined) return [name];
  return list.split(",").flatMap((range) => {
    const [from = 0, to = from] = range.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => `${base}_${from + i}`);
  });
}

/** "1-02:03:04", "2:03:04" or "3:04" in seconds; NaN for something else. */
export function parseTime(text: string): number {
  const [, days = 0, hours = 0, minutes, seconds] =
    /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(text) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** Ends the jobs; those that have ended already are none of its business. */
export async function cancelJobs(jobs: readonly string[], ask: AskSlurm = askSlurm): Promise<void> {
  await ask("scancel", ["--quiet", ...jobs]).catch((error: unknown) => {
    if (!(error instanceof SlurmError) || !/Invalid job id|already/i.test(error.message))
      throw error;
  });
}

/** Runs one of Slurm's commands; what it writes to stdout. */
export type AskSlurm = (program: string, args: readonly string[]) => Promise<string>;

/** A command of Slurm failed. */
export class SlurmError extends UserError {
  override readonly name = "SlurmError";
}

/** Throws a SlurmError with what the program said if it fails, and where it is not installed. */
export const askSlurm: AskSlurm = async (program, args) => {
  const { failure, out, printed } = await runProgram([program, ...args], { apart: true });
  if (failure === undefined) return out;
  const said = printed.trim().slice(0, 1000);
  throw new SlurmError(
    `expected an answer of Slurm's \`${program}\`, but it ${failure}${said && `: ${said}`}`,
  );
};
