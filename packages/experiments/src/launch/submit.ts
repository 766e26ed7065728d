/** @file Hands scripts to Slurm: all of a submission, or none. */
import { rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { runProgram } from "../setup/tool.ts";
import { createStopFlag, CommandStopped, stopAsked, whileStoppable } from "../training/stop.ts";
import { logOfTask } from "./slurm-scripts.ts";
import type { Script, Scripts } from "./slurm-scripts.ts";
import { logPath, submissionFolder, writeSubmission } from "./submission.ts";
import type { Submission } from "./submission.ts";

/** Slurm's own default of MaxArraySize. */
const usualMostTasks = 1001;

/** Throws a UserError where Slurm's commands are not there, or do not answer. */
export async function requireSlurm(): Promise<void> {
  const { failure, printed } = await runProgram(["sbatch", "--version"]);
  if (failure === undefined) return;
  const said = printed.trim() === "" ? "" : ` and said: ${printed.trim()}`;
  throw new UserError(
    `--launcher slurm: expected Slurm's \`sbatch\`, but \`sbatch --version\` ${failure}${said}`,
    {
      advice:
        "Run the command on a machine from which jobs are submitted, or leave --launcher out to train here.",
    },
  );
}

/** How many tasks an array job may have here: MaxArraySize of Slurm's configuration. */
export async function mostTasksOfArray(): Promise<number> {
  const { out } = await runProgram(["scontrol", "show", "config"]);
  const [, most] = /^MaxArraySize\s*=\s*(\d+)/m.exec(out) ?? [];
  return Math.max(1, Number(most ?? usualMostTasks));
}

/** What is submitted, besides its jobs. */
type About = Pick<Submission, "name" | "date" | "command" | "folder">;

type Wave = Submission["waves"][number];

/**
 * Writes the scripts into the folder of the submission and hands them to Slurm, each wave to begin when the one before
 * has ended, however it ended; then writes the record. Where Slurm refuses one, and at a signal that asks to stop, the jobs
 * that were submitted before are cancelled.
 *
 * @param options.limited whether only so many tasks may run at once: the jobs of a wave then follow one another as well
 * @throws UserError with what sbatch said; CommandStopped at a signal
 */
export async function submitScripts(
  scripts: Scripts,
  about: About,
  options: {
    readonly runsFolder: string;
    readonly limited: boolean;
    readonly say: (line: string) => void;
  },
): Promise<Submission> {
  const { runsFolder, limited, say } = options;
  const folder = submissionFolder(runsFolder, about.name);
  await writeScripts(scripts, about.name, runsFolder);
  const stop = createStopFlag();
  const submitted: string[] = [];
  const submit = async ({ file }: Script, after: readonly string[]) => {
    const signal = stopAsked(stop);
    if (signal !== undefined) {
      throw new CommandStopped(signal, "the same command submits all of it again.");
    }
    const job = await submitOne(join(folder, file), after);
    submitted.push(job);
    return { job, script: file };
  };
  const submitWave = async (wave: Scripts["waves"][number], after: readonly string[]) => {
    const jobs: Wave["jobs"] = [];
    for (const script of wave) {
      const before = limited ? jobs.at(-1) : undefined;
      const job = await submit(script, before === undefined ? after : [before.job]);
      jobs.push({ ...job, tasks: [...script.tasks] });
    }
    return jobs;
  };
  try {
    return await whileStoppable(stop, async () => {
      const waves: Wave[] = [];
      const ended = () => (waves.at(-1)?.jobs ?? []).map(({ job }) => job);
      for (const wave of scripts.waves) waves.push({ jobs: await submitWave(wave, ended()) });
      const report = await submit(scripts.report, ended());
      const submission = { ...about, waves, report };
      await writeSubmission(runsFolder, submission);
      return submission;
    });
  } catch (error) {
    if (submitted.length === 0) await rm(folder, { recursive: true, force: true });
    else say(await cancel(submitted));
    throw error;
  }
}

/** Writes the scripts, and a name for the log of every task that Slurm can form. */
async function writeScripts(
  { waves, report }: Scripts,
  name: string,
  runsFolder: string,
): Promise<void> {
  const folder = submissionFolder(runsFolder, name);
  for (const { file, text } of [...waves.flat(), report]) {
    await writeWhole(join(folder, file), text);
  }
  for (const script of waves.flat()) {
    for (const { task, run } of script.tasks) {
      const log = logPath(runsFolder, name, run);
      await symlink(basename(log), logOfTask(runsFolder, name, script, task));
    }
  }
}

/** The option of sbatch that lets a job begin when these jobs have ended. */
function dependencyOn(jobs: readonly string[]): readonly string[] {
  return jobs.length === 0 ? [] : [`--dependency=afterany:${jobs.join(":")}`];
}

/** Submits a script; its job's number. */
async function submitOne(path: string, after: readonly string[]): Promise<string> {
  const { failure, out, printed } = await runProgram(
    ["sbatch", "--parsable", ...dependencyOn(after), path],
    { apart: true },
  );
  const [, job] = /^(\d+)(?:;.*)?$/m.exec(out) ?? []; // behind ";" is the name of a cluster
  if (failure === undefined && job !== undefined) return job;
  const said = printed.trim() || "nothing";
  throw new UserError(
    `--launcher slurm: expected Slurm to take ${basename(path)}, but \`sbatch\` ${failure ?? "gave no number"} and said: ${said}`,
  );
}

/** Cancels jobs; what became of it, in a line. */
async function cancel(jobs: readonly string[]): Promise<string> {
  const { failure } = await runProgram(["scancel", ...jobs], { apart: true });
  if (failure === undefined) return `cancelled the jobs that were submitted: ${jobs.join(", ")}`;
  return `\`scancel\` ${failure}: cancel the jobs that were submitted with \`scancel ${jobs.join(" ")}\``;
}
