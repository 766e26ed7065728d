/** @file The texts of the scripts that a submission hands to Slurm. */
import { join } from "node:path";
import { printable } from "@mvt/common";
import type { PlannedRun } from "../runs/planned-run.ts";
import { quoteWord, quoteWords } from "./shell-words.ts";
import { directiveOf } from "./slurm-options.ts";
import type { SlurmRequest } from "./slurm-options.ts";
import { logPath, submissionFolder } from "./submission.ts";
import type { SubmittedTask } from "./submission.ts";
import { taskBody } from "./task-body.ts";

/** Seconds before the time is over at which a task is told to stop; a checkpoint takes some. */
const warning = 120;

/** What all scripts of a submission have in common. */
export interface ScriptSetting {
  readonly name: string;
  readonly runsFolder: string;
  /** The working directory of the tasks. */
  readonly folder: string;
  /** The program with its arguments, which trains what MVT_ONLY_RUNS names. */
  readonly train: readonly string[];
  /** What writes the report once all runs are finished. */
  readonly report: readonly string[];
  /** What shows the tasks of the submission. */
  readonly watch: readonly string[];
  /** The variables that set options of the command. */
  readonly variables: Readonly<Record<string, string>>;
  readonly request: SlurmRequest;
  /** The CPUs of each task; Slurm's own number if absent. */
  readonly cpus?: number;
}

/** A script with the name of its file. */
export interface Script {
  readonly file: string;
  readonly text: string;
}

/** The script of an array job. */
export interface ArrayScript extends Script {
  readonly tasks: readonly SubmittedTask[];
}

/** The scripts of a submission, wave by wave. */
export interface Scripts {
  readonly waves: readonly (readonly ArrayScript[])[];
  readonly report: Script;
}

/**
 * One array job for each wave, a task for each of its runs, and the job that writes the report.
 *
 * @param mostTasks how many tasks an array job has at most; a wave of more is several jobs
 */
export function slurmScripts(
  waves: readonly (readonly PlannedRun[])[],
  setting: ScriptSetting,
  mostTasks: number,
): Scripts {
  return {
    waves: waves.map((runs, i) => {
      const parts = Math.ceil(runs.length / mostTasks);
      return Array.from({ length: parts }, (_, part) => {
        const own = runs.slice(part * mostTasks, (part + 1) * mostTasks);
        const stem = `wave-${i + 1}${parts === 1 ? "" : `-${part + 1}`}`;
        const tasks = own.map(({ id, title }, task) => ({ task, run: id, title }));
        return { file: `${stem}.sh`, tasks, text: arrayText(stem, tasks, setting) };
      });
    }),
    report: { file: "report.sh", text: reportText(setting) },
  };
}

/** "wave-1" */
const stemOf = ({ file }: Script) => file.replace(/\.sh$/, "");

/**
 * The name under which Slurm opens the log of a task: it knows the number of a task, not its run, so this is a link to the
 * log that bears the run's id.
 */
export function logOfTask(runsFolder: string, name: string, script: Script, task: number): string {
  return logPath(runsFolder, name, `${stemOf(script)}.${task}`);
}

function arrayText(stem: string, tasks: readonly SubmittedTask[], setting: ScriptSetting): string {
  const { request, train } = setting;
  const most = request.slurmMost === undefined ? "" : `%${request.slurmMost}`;
  const ofTasks = {
    array: `0-${tasks.length - 1}${most}`,
    signal: `B:USR1@${warning}`,
    requeue: true,
  } as const;
  return [
    ...directives(setting, `${stem}.%a`, ofTasks),
    "",
    ...preparation(setting),
    "case $SLURM_ARRAY_TASK_ID in",
    ...tasks.map(
      ({ task, run, title }) => `  ${task}) export MVT_ONLY_RUNS=${run} ;; # ${printable(title)}`,
    ),
    "esac",
    taskBody(train, setting.runsFolder),
  ].join("\n");
}

function reportText(setting: ScriptSetting): string {
  return [
    ...directives(setting, "report"),
    "",
    ...preparation(setting),
    quoteWords(setting.report),
    "code=$?",
    `[ $code -eq 0 ] || ${quoteWords(setting.watch)}`,
    "exit $code",
    "",
  ].join("\n");
}

/** Options of sbatch by their names; true for one without a value. */
type Directives = Readonly<Record<string, string | number | true | undefined>>;

/** What a script asks Slurm for. `log` may hold Slurm's own "%a", the number of the task. */
function directives(
  { name, runsFolder, request, cpus }: ScriptSetting,
  log: string,
  more: Directives = {},
): readonly string[] {
  const folder = join(submissionFolder(runsFolder, name), "logs");
  const asked: Directives = {
    "job-name": name,
    output: `${quoteForSbatch(folder.replaceAll("%", "%%"))}/${log}.log`,
    "open-mode": "append",
    partition: request.slurmPartition,
    account: request.slurmAccount,
    time: request.slurmTime,
    mem: request.slurmMem,
    gres: request.slurmGpus && `gpu:${request.slurmGpus}`,
    "cpus-per-task": cpus,
    ...more,
  };
  const lines = Object.entries(asked).flatMap(([option, value]) => {
    if (value === undefined) return [];
    return value === true ? `--${option}` : `--${option}=${value}`;
  });
  return [
    "#!/bin/bash",
    ...[...lines, ...request.slurmDirective.map(directiveOf)].map((line) => `#SBATCH ${line}`),
  ];
}

/** In the folder and with the options of the command that was typed, whatever the node's environment is. */
function preparation({ folder, variables, request }: ScriptSetting): readonly string[] {
  return [
    `cd ${quoteWord(folder)} || exit 1`,
    'unset "${!MVT_@}"',
    ...Object.entries(variables).map(([key, value]) => `export ${key}=${quoteWord(value)}`),
    ...request.slurmSetup,
  ];
}

/** A value behind #SBATCH, as it is: only within quotes does a backslash make the next character an ordinary one. */
function quoteForSbatch(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value)
    ? value
    : `"${value.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
}
