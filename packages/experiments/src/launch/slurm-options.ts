/** @file Where runs train, what Slurm is asked for, and which values it would take. */
import { CommandLineError } from "@mvt/common";

/** Where the runs of a command train: in this process, or as jobs of Slurm. */
export const launchers = ["local", "slurm"] as const;
export type Launcher = (typeof launchers)[number];

/** What every job of a submission asks Slurm for, by the names of the options. */
export interface SlurmRequest {
  readonly slurmPartition?: string;
  readonly slurmAccount?: string;
  readonly slurmTime?: string;
  readonly slurmMem?: string;
  readonly slurmGpus?: number;
  readonly slurmCpus?: number;
  /** As in a script after #SBATCH, with "--" or without. */
  readonly slurmDirective: readonly string[];
  /** Lines of shell that run before the command. */
  readonly slurmSetup: readonly string[];
  /** The most tasks that run at once. */
  readonly slurmMost?: number;
}

/** What the scripts set themselves, each with what to do instead. */
const ownDirectives: Readonly<Record<string, string>> = {
  array: "Runs are its tasks; --slurm-most limits how many run at once.",
  dependency: "Waves follow one another by it.",
  "job-name": "`runs watch` finds jobs by it.",
  output: "Logs lie in the folder of the submission.",
  error: "Logs lie in the folder of the submission.",
  "open-mode": "A task that is requeued goes on with its log.",
  signal: "Tasks stop at a checkpoint by it.",
  requeue: "Tasks that were stopped go on by it.",
  "no-requeue": "Tasks that were stopped go on by being requeued.",
  chdir: "Tasks run where the command was typed.",
  parsable: "It is for the command line of sbatch.",
  partition: "Use --slurm-partition.",
  account: "Use --slurm-account.",
  time: "Use --slurm-time.",
  mem: "Use --slurm-mem.",
  gres: "Use --slurm-gpus for GPUs, or write gpus=a100:1 for GPUs of a type.",
  "cpus-per-task": "Use --slurm-cpus.",
};

/** The same, by the letters that sbatch takes for them. */
const shortDirectives: Readonly<Record<string, keyof typeof ownDirectives>> = {
  a: "array",
  d: "dependency",
  J: "job-name",
  o: "output",
  e: "error",
  D: "chdir",
  p: "partition",
  A: "account",
  t: "time",
  c: "cpus-per-task",
};

/** "--constraint=a100" of "constraint=a100"; what begins with a dash stays as it is. */
export function directiveOf(text: string): string {
  return text.startsWith("-") ? text : `--${text}`;
}

/** Throws a CommandLineError for a text that is no directive, or one that the scripts set themselves. */
export function checkDirective(texts: readonly string[] | string, flag: string): void {
  for (const text of [texts].flat()) {
    const [, long, short] =
      /^(?:--([a-z][\w-]*)|-([A-Za-z]))(?:[= ].*|\d.*)?$/.exec(directiveOf(text)) ?? [];
    if (long === undefined && short === undefined) {
      throw new CommandLineError(
        `--${flag} ${text}: expected an option of sbatch on one line, such as constraint=a100.`,
      );
    }
    const name = long ?? shortDirectives[short!];
    const advice = name === undefined ? undefined : ownDirectives[name];
    if (advice === undefined) continue;
    throw new CommandLineError(
      `--${flag} ${text}: expected an option of sbatch that the scripts do not set themselves, got --${name}. ${advice}`,
    );
  }
}

/** Throws a CommandLineError for a time that Slurm does not take. */
export function checkTime(text: string, flag: string): void {
  if (/^(?:\d+-\d+(?::\d+){0,2}|\d+(?::\d+){0,2})$/.test(text)) return;
  throw new CommandLineError(
    `--${flag} ${text}: expected minutes, hours:minutes:seconds or days-hours, such as 90, 8:00:00 or 1-12.`,
  );
}

/** Throws a CommandLineError for a size that Slurm does not take. */
export function checkMemory(text: string, flag: string): void {
  if (/^\d+[KMGT]?$/i.test(text)) return;
  throw new CommandLineError(
    `--${flag} ${text}: expected a size such as 16G; a number alone counts megabytes.`,
  );
}

/** Throws a CommandLineError for a name that Slurm cannot have. */
export function checkName(text: string, flag: string): void {
  if (/^[\w.,:@+-]+$/.test(text)) return;
  throw new CommandLineError(`--${flag} ${text}: expected a name without spaces or quotes.`);
}
