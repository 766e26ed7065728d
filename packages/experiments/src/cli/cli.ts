/**
 * @file The command line: `pnpm exp <command>`. A command's module is loaded when the command is asked for.
 *
 * Exit codes: 0 where all went well; 2 where the command line itself is wrong (an unknown command, option or name, a
 * value out of range, options that contradict each other, what is wrong with a --threshold); 1 for everything else:
 * files, data, the disk.
 */
import { CommandLineError, UserError } from "@mvt/common";
import yargs from "yargs";
import type { Argv } from "yargs";
import { checkOptions, declare } from "./command.ts";
import type { Command, CommandModule } from "./command.ts";
import { clearStatus } from "./progress.ts";

/** Runs one of the commands and returns the exit code. */
export async function runCli(
  args: readonly string[],
  commands: readonly Command[],
): Promise<number> {
  try {
    await createCli(args, commands).parseAsync([...args], {}, (error, _parsed, output) => {
      if (error) throw error;
      if (output !== "") process.stdout.write(`${withTypedOptions(output)}\n`);
    });
    return 0;
  } catch (error) {
    clearStatus();
    process.stderr.write(`${messageOf(error)}\n`);
    return exitCodeOf(error);
  }
}

/**
 * The parser of the command line. `perform` is what a command does once its options are parsed and checked: by default
 * it runs.
 */
export function createCli(
  args: readonly string[],
  commands: readonly Command[],
  perform: (module: CommandModule, parsed: never) => Promise<void> = (module, parsed) =>
    module.run(parsed),
): Argv {
  const cli = yargs([...args])
    .scriptName("pnpm exp")
    .usage("$0 <command> [options]")
    // "--no-data" and "--data.x" would be values that no command expects.
    .parserConfiguration({ "boolean-negation": false, "dot-notation": false })
    .strict()
    .recommendCommands()
    .demandCommand(1, "expected a command, got none")
    .alias("help", "h")
    .version(false)
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? wrongCommandLine(message);
    })
    .example("$0 table2", "Table 2 on synthetic faces, minutes on two cores")
    .example("$0 table2 --scale smoke", "the same in about a minute, to check that all works")
    .example("$0 table2 --data DIR --weights FILE", "the paper's Table 2 on your data");
  for (const { name, about, load } of commands) {
    let module: CommandModule;
    cli.command(
      name,
      about,
      async (command) => {
        module = await load();
        return declare(command, module, process.env);
      },
      async (parsed) => {
        checkOptions(module, parsed);
        await perform(module, parsed as never);
      },
    );
  }
  return cli;
}

/** yargs shows an option of one letter as -m, although it is typed as --m like all others. */
function withTypedOptions(help: string): string {
  return help.replaceAll(
    /^( +)-(\w)( +)/gm,
    (_, indent: string, letter: string, gap: string) =>
      `${indent}--${letter}${gap.slice(1) || " "}`,
  );
}

/** What yargs found wrong with the command line. */
function wrongCommandLine(message: string): CommandLineError {
  const sentence = /[.?]$/.test(message) ? message : `${message}.`;
  return new CommandLineError(
    `${sentence} \`pnpm exp --help\` lists the commands, \`pnpm exp COMMAND --help\` their flags.`,
  );
}

/** What the system's refusals mean, by error code. */
const systemErrors: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is not a folder",
  EEXIST: "a file is where a folder was expected",
  EISDIR: "a folder is where a file was expected",
};

/** What is written to stderr. */
export function messageOf(error: unknown): string {
  if (error instanceof UserError) return `error: ${error.message}`;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && code in systemErrors) {
    return `error: ${path ?? "a file"}: ${systemErrors[code]} (${code}). Choose another folder, or change its rights.`;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  return `This is a defect of the program, not of what you typed. Please report it with:\n${stack}`;
}

/** 2 where the command line itself is wrong, 1 for everything else: files, data, the disk, a defect. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof UserError ? error.exitCode : 1;
}
