/** @file Has Slurm train the runs of a command and write its report, or shows what it would be given. */
import { join } from "node:path";
import { quoteWord } from "../launch/shell-words.ts";
import { slurmScripts } from "../launch/slurm-scripts.ts";
import type { Script, Scripts, ScriptSetting } from "../launch/slurm-scripts.ts";
import { makeSubmissionFolder, submissionFolder, submissionName } from "../launch/submission.ts";
import { mostTasksOfArray, submitScripts } from "../launch/submit.ts";
import type { RunPlan } from "../runs/planned-run.ts";
import { wavesOf } from "../runs/waves.ts";
import { withoutSeparator } from "./cli.ts";
import { variableOf } from "./command.ts";
import type { ArgsOf } from "./command.ts";
import { jsonOption } from "./json-output.ts";
import { launchOptions } from "./launch-options.ts";
import type { LaunchArgs } from "./launch-options.ts";
import { clearStatus } from "./messages.ts";
import { runsOption, trainingOptions } from "./options.ts";
import { countedRuns } from "./progress.ts";
import type { TrainingSession } from "./request.ts";
import { withoutOptions } from "./typed-words.ts";

/** What says where and whether runs train: a task that repeats the command says so itself. */
const ofLaunching = { ...launchOptions, plan: trainingOptions.plan, ...jsonOption } as const;

/** The words that were typed, but for those that say where runs train: what a report names as its command. */
export function wordsToRepeat(): readonly string[] {
  return withoutOptions(withoutSeparator(process.argv.slice(2)), ofLaunching);
}

/** The environment variables that set options of the command, but for those that say where runs train. */
function variablesToRepeat(): Readonly<Record<string, string>> {
  const left = new Set(Object.keys(ofLaunching).map(variableOf));
  const set = Object.entries(process.env).flatMap(([name, value]) =>
    /^MVT_[A-Z0-9_]+$/.test(name) && !left.has(name) && value ? [[name, value] as const] : [],
  );
  return Object.fromEntries(set);
}

type Args = LaunchArgs &
  Pick<ArgsOf<typeof trainingOptions>, "plan" | "threads" | "device" | "runs">;

/**
 * How many CPUs a task asks for, and the option that gives it as many threads where the number would be the node's own:
 * the last bits of results depend on it. By default it is the number of this machine, as if the runs trained here.
 *
 * @param here whether the model is small, so that a run has one thread everywhere, and the threads of a run here
 */
export function processorsOf(
  { threads, device = "cpu", slurmCpus, slurmGpus }: Partial<Args>,
  here: { readonly smallModel: boolean; readonly threads: number },
): { readonly cpus?: number; readonly words: readonly string[] } {
  if (slurmGpus !== undefined || device !== "cpu") return { cpus: slurmCpus, words: [] };
  const cpus = slurmCpus ?? here.threads;
  const fixed = threads !== undefined || here.smallModel;
  return { cpus, words: fixed ? [] : ["--threads", String(cpus)] };
}

/** Submits the plan to Slurm, or prints the scripts. `command`: "table2". */
export async function launchOnSlurm(
  plan: RunPlan,
  session: TrainingSession,
  { args, command }: { readonly args: Args; readonly command: string },
): Promise<void> {
  const { runsFolder, progress, planner, engine } = session;
  const date = new Date();
  const waves = wavesOf(plan);
  const { cpus, words } = processorsOf(args, {
    smallModel: planner.request.scale.smallModel,
    threads: engine.spec.threads,
  });
  const repeated = [...wordsToRepeat(), ...words];
  const program = [process.execPath, ...process.execArgv, process.argv[1]!];
  const scriptsOf = (name: string, mostTasks: number) => {
    const setting: ScriptSetting = {
      name,
      runsFolder,
      folder: process.cwd(),
      train: [...program, ...repeated, "--launcher", "local"],
      report: [...program, ...repeated, "--launcher", "local", "--no-train"],
      watch: [...program, "runs", "watch", name, "--once", "--runs", runsFolder],
      variables: variablesToRepeat(),
      request: args,
      cpus,
    };
    return slurmScripts(waves, setting, mostTasks);
  };
  const mostTasks = await mostTasksOfArray();
  if (args.plan) {
    const name = submissionName(command, date);
    return printScripts(scriptsOf(name, mostTasks), submissionFolder(runsFolder, name));
  }
  const name = await makeSubmissionFolder(runsFolder, command, date);
  const { waves: submitted, report } = await submitScripts(
    scriptsOf(name, mostTasks),
    { name, date: date.toISOString(), command: repeated, folder: process.cwd() },
    { runsFolder, limited: args.slurmMost !== undefined, say: progress.say },
  );
  const jobs = submitted.map((wave) => wave.jobs.map(({ job }) => job).join(", "));
  clearStatus();
  process.stdout.write(
    [
      `submitted ${name}: ${countedRuns(plan.missing.length)}`,
      ...jobs.map(
        (numbers, i) => `wave ${i + 1}: ${countedRuns(waves[i]!.length)}, job ${numbers}`,
      ),
      `report: job ${report.job}`,
      `pnpm exp runs watch ${name}${args.runs === runsOption.default ? "" : ` --runs ${quoteWord(args.runs)}`}`,
      "",
    ].join("\n"),
  );
}

/** Every script under its path, and what it waits for. */
function printScripts({ waves, report }: Scripts, folder: string): void {
  clearStatus();
  const print = ({ file, text }: Script, after: readonly Script[]) => {
    const waits =
      after.length === 0 ? "" : `, once ${after.map((one) => one.file).join(", ")} ended`;
    process.stdout.write(`# ${join(folder, file)}${waits}\n${text}\n`);
  };
  for (const [i, scripts] of waves.entries()) {
    for (const script of scripts) print(script, waves[i - 1] ?? []);
  }
  print(report, waves.at(-1) ?? []);
}
