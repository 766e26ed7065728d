/** @file The options that say where the runs of a report train, and which of them. */
import { CommandLineError } from "@mvt/common";
import {
  checkDirective,
  checkMemory,
  checkName,
  checkTime,
  launchers,
} from "../launch/slurm-options.ts";
import { isOfEnvironment, wholeFrom } from "./command.ts";
import type { ArgsOf } from "./command.ts";

const launching = "Launcher:";

export const launchOptions = {
  launcher: {
    choices: launchers,
    group: launching,
    describe:
      "where runs train: local is here, slurm submits a job for each of them and one for the report [default: local]",
  },
  "only-runs": {
    type: "string",
    suggest: "run",
    check: (text: string) => void parseRunIds(text),
    group: launching,
    describe:
      "ID,...: train only these of the command's runs, by the first six digits of their ids or more, and write no report",
  },
  "no-train": {
    type: "boolean",
    default: false,
    group: launching,
    describe: "train nothing: write the report, or name the runs that it lacks",
  },
  "slurm-partition": {
    type: "string",
    check: checkName,
    group: launching,
    describe: "partition of the jobs",
  },
  "slurm-account": {
    type: "string",
    check: checkName,
    group: launching,
    describe: "account of the jobs",
  },
  "slurm-time": {
    type: "string",
    check: checkTime,
    group: launching,
    describe: "the most time of each job, such as 8:00:00 or 1-12",
  },
  "slurm-mem": {
    type: "string",
    check: checkMemory,
    group: launching,
    describe: "memory of each job, such as 16G",
  },
  "slurm-gpus": {
    type: "number",
    check: wholeFrom(1),
    group: launching,
    describe: "GPUs of each job [default: none]",
  },
  "slurm-cpus": {
    type: "number",
    check: wholeFrom(1),
    group: launching,
    describe: "CPUs of each job [default: one per thread; with GPUs, Slurm's own number]",
  },
  "slurm-most": {
    type: "number",
    check: wholeFrom(1),
    group: launching,
    describe: "the most runs that train at once [default: no limit]",
  },
  "slurm-directive": {
    type: "string",
    array: true,
    default: [] as string[],
    check: checkDirective,
    group: launching,
    describe: "a further option of sbatch, such as constraint=a100; repeatable",
  },
  "slurm-setup": {
    type: "string",
    array: true,
    default: [] as string[],
    group: launching,
    describe: "a line of shell that every job runs first, such as 'module load node'; repeatable",
  },
} as const;

/** The parsed options. */
export type LaunchArgs = ArgsOf<typeof launchOptions>;

/** The beginnings of ids in --only-runs, each once. Throws a CommandLineError for what is none. */
export function parseRunIds(text: string): readonly string[] {
  const prefixes = text.split(",").map((part) => part.trim());
  const wrong = prefixes.find((prefix) => !/^[0-9a-f]{6,12}$/.test(prefix));
  if (wrong === undefined) return [...new Set(prefixes)];
  throw new CommandLineError(
    `--only-runs ${text}: expected ids of runs, or at least their first six digits, separated by commas, got ${wrong === "" ? "nothing" : wrong}. --plan lists the runs.`,
  );
}

type Given = Partial<LaunchArgs> & {
  readonly plan: boolean;
  readonly jobs?: number;
  readonly threads?: number;
};

/**
 * Throws a CommandLineError for options that contradict each other or have no effect. What the environment sets is set for
 * other commands as well and is not refused, nor are Slurm's options of a file beside --launcher local.
 */
export function requireLaunch(args: Given): void {
  const { launcher, onlyRuns, noTrain, plan, jobs, threads, slurmCpus } = args;
  const slurm = launcher === "slurm";
  if (onlyRuns !== undefined && noTrain) {
    throw new CommandLineError("--only-runs and --no-train: expected one of them, got both.");
  }
  if (plan && noTrain) {
    throw new CommandLineError("--plan and --no-train: expected one of them, got both.");
  }
  if (slurm && (onlyRuns !== undefined || noTrain)) {
    const flag = noTrain ? "--no-train" : `--only-runs ${onlyRuns}`;
    throw new CommandLineError(
      `${flag}: expected it without --launcher slurm, since it says what to do here. Leave one of them out.`,
    );
  }
  if (slurm && jobs !== undefined && !isOfEnvironment("jobs", jobs)) {
    throw new CommandLineError(
      `--jobs ${jobs}: expected it without --launcher slurm, where every run is a job's task. --slurm-most limits how many train at once.`,
    );
  }
  if (slurm && threads !== undefined && slurmCpus !== undefined && threads > slurmCpus) {
    throw new CommandLineError(
      `--threads ${threads}: expected at most the ${slurmCpus} of --slurm-cpus, which would share their time otherwise. Raise --slurm-cpus.`,
    );
  }
  if (launcher !== undefined) return;
  for (const name of Object.keys(launchOptions).filter((each) => each.startsWith("slurm-"))) {
    const value = [args[camelCase(name) as keyof LaunchArgs] ?? []].flat();
    if (value.length === 0 || isOfEnvironment(name, value)) continue;
    throw new CommandLineError(
      `--${name} ${value.join(" ")}: expected --launcher slurm with it, got none. Add it, or leave --${name} out.`,
    );
  }
}

const camelCase = (name: string) =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
