/**
 * @file The command line: `pnpm exp <command>`. Commands are loaded when they are asked for.
 */
import yargs from "yargs";
import type { Argv } from "yargs";
import { UsageError } from "../usage-error.ts";
import { exitCodeOf, messageOf } from "../errors.ts";

/** A command's module: its flags, and what it does with them. */
interface CommandModule {
  readonly builder: (cli: Argv) => Argv;
  readonly run: (args: never) => Promise<void>;
}

interface Command {
  readonly name: string;
  readonly about: string;
  readonly load: () => Promise<CommandModule>;
}

const commands: readonly Command[] = [
  {
    name: "table2",
    about: "Table 2: accuracy by threshold function f, without MGN",
    load: () => import("./commands/table2.ts"),
  },
  {
    name: "train",
    about: "Train one classifier",
    load: () => import("./commands/train.ts"),
  },
  {
    name: "evaluate",
    about: "Test a finished run, k of n right, on the data it was trained for",
    load: () => import("./commands/evaluate.ts"),
  },
  {
    name: "runs <action> [id]",
    about: "List, show or remove runs",
    load: () => import("./commands/runs.ts"),
  },
  {
    name: "data <action>",
    about: "Draw synthetic data sets, or check those you have",
    load: () => import("./commands/data.ts"),
  },
  {
    name: "doctor",
    about: "What this machine has, and whether training works on it",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "bench",
    about: "How fast DeiT trains here, beside the time its matrix products alone take",
    load: () => import("./commands/bench.ts"),
  },
];

/** Runs one command and returns the exit code: 0, 2 for a wrong command line, 1 for what else failed. */
export async function runCli(args: readonly string[]): Promise<number> {
  const cli = yargs([...args])
    .scriptName("pnpm exp")
    .usage("$0 <command> [options]")
    .env("MVT")
    .strict()
    .recommendCommands()
    .demandCommand(1, "expected a command, got none")
    .alias("help", "h")
    .version(false)
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new CommandLineError(message);
    })
    .example("$0 table2", "Table 2 on synthetic faces, minutes on two cores")
    .example("$0 table2 --scale smoke", "the same in about a minute: checks the plumbing")
    .example("$0 table2 --data DIR --weights FILE", "the paper's Table 2 on your data");
  for (const { name, about, load } of commands) {
    cli.command(
      name,
      about,
      async (command) => (await load()).builder(command),
      async (parsed) => (await load()).run(parsed as never),
    );
  }
  try {
    await cli.parseAsync();
    return 0;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof CommandLineError ? 2 : exitCodeOf(error);
  }
}

/** What yargs found wrong with the flags themselves. */
class CommandLineError extends UsageError {
  constructor(message: string) {
    const sentence = /[.?]$/.test(message) ? message : `${message}.`;
    super(
      `${sentence} \`pnpm exp --help\` lists the commands, \`pnpm exp COMMAND --help\` their flags.`,
    );
  }
}
