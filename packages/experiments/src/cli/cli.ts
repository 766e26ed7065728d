/**
 * @file The command line: `pnpm exp <command>`. A command's module is loaded when the command is asked for.
 *
 * Exit codes: 0 where all went well; 2 where the command line itself is wrong (an unknown command, option or name, a
 * value out of range, options that contradict each other, what is wrong with a --threshold); 128 + n where signal n
 * stopped training, which can go on; 1 for everything else: files, data, the disk.
 */
import { CommandLineError, didYouMean, printableLines, UserError } from "@mvt/common";
import { systemRefusalOf } from "@mvt/common/files";
import yargs from "yargs";
import type { Argv } from "yargs";
import { CommandStopped } from "../training/stop.ts";
import { checkOptions, commonOptions, declare, requireValues } from "./command.ts";
import type { Command, CommandModule } from "./command.ts";
import { effectiveConfiguration, namingFile, withConfiguration } from "./configuration.ts";
import type { Configured, EffectiveConfiguration } from "./configuration.ts";
import { FailedRunsError } from "../training/failed-runs.ts";
import { clearStatus, currentVerbosity, sayMore, setVerbosity, verbosityOf } from "./messages.ts";

/** Runs one of the commands and returns the exit code. */
export async function runCli(
  typed: readonly string[],
  commands: readonly Command[],
): Promise<number> {
  let configured: Configured = { args: withoutSeparator(typed) };
  try {
    configured = await withConfiguration(configured.args, commands, process.env);
    const { args } = configured;
    if (args[0] === "--version") {
      process.stdout.write(`${await versionText()}\n`);
      return 0;
    }
    await createCli(args, commands).parseAsync([...args], {}, (error, _parsed, output) => {
      if (error) throw error;
      if (output !== "") process.stdout.write(`${withTypedOptions(output)}\n`);
    });
    return 0;
  } catch (error) {
    clearStatus();
    process.stderr.write(`${namingFile(messageOf(error), configured.from)}\n`);
    if (error instanceof UserError) for (const line of framesOf(error)) sayMore(line);
    return exitCodeOf(error);
  }
}

/**
 * The words without "--", after which none is an option: yargs would not take the words after it for a command's own, and
 * would say nothing. A word after it that begins with "-" is a path, and is written so that it does not.
 */
export function withoutSeparator(args: readonly string[]): readonly string[] {
  const at = args.indexOf("--");
  if (at < 0) return args;
  const words = args.slice(at + 1).map((word) => (word.startsWith("-") ? `./${word}` : word));
  const before = args.slice(0, at);
  const last = before.at(-1) ?? "";
  // An option before "--" has no value, and must not get one from behind it.
  if (last.startsWith("-") && !last.includes("=")) {
    return [...before.slice(0, 1), ...words, ...before.slice(1)];
  }
  return [...before, ...words];
}

/**
 * The parser of the command line. `perform` is what a command does once its options are parsed and checked, unless
 * --show-config only shows them: by default it runs.
 */
export function createCli(
  args: readonly string[],
  commands: readonly Command[],
  perform: (
    module: CommandModule,
    parsed: never,
    configuration: EffectiveConfiguration,
  ) => Promise<void> = runModule,
): Argv {
  /** The command that was typed, once its module is loaded. */
  let typed: TypedCommand | undefined;
  const helps = args[0] === "help" || args.includes("--help") || args.includes("-h");
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
    .option("version", { type: "boolean", global: false, describe: "Show version and commit" })
    .wrap(helps ? 100 : null)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? wrongCommandLine(message, args, typed);
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
        const loaded = await load();
        module = { ...loaded, options: { ...loaded.options, ...commonOptions } };
        const [word, ...places] = name.split(" ");
        typed = { word: word!, places, options: Object.keys(module.options) };
        return declare(command, module, process.env, helps);
      },
      async (parsed) => {
        requireValues(module, args);
        checkOptions(module, parsed);
        const words = [...parsed._, ...Object.keys(module.positionals).map((key) => parsed[key])];
        const configuration = effectiveConfiguration(module, parsed, words, process.env);
        if (parsed["showConfig"] === true) process.stdout.write(await configuration.text());
        else await perform(module, parsed as never, configuration);
      },
    );
  }
  return cli;
}

/** Runs a command, as loud as it was asked to be. */
async function runModule(
  module: CommandModule,
  parsed: never,
  configuration: EffectiveConfiguration,
): Promise<void> {
  setVerbosity(verbosityOf(parsed));
  if (currentVerbosity() === "verbose") {
    const { node } = process.versions;
    sayMore(`mvt ${await versionText()}; Node ${node}, ${process.platform} ${process.arch}`);
  }
  await module.run(parsed, configuration);
  const mebibytes = process.resourceUsage().maxRSS / 1024; // of kibibytes
  sayMore(`done; at most ${mebibytes.toFixed(0)} MiB of memory`);
}

/** "0.0.0, commit 0123456789ab", and whether the checkout holds changes; git is asked only for this. */
async function versionText(): Promise<string> {
  const [{ default: own }, { sourceVersion }] = await Promise.all([
    import("../../package.json", { with: { type: "json" } }),
    import("../runs/provenance.ts"),
  ]);
  const { commit, dirty } = sourceVersion();
  return `${own.version}, commit ${commit}${dirty ? ", with uncommitted changes" : ""}`;
}

/** yargs shows an option of one letter as -m and further left, although it is typed as --m like all others. */
function withTypedOptions(help: string): string {
  return help.replaceAll(/^  -(\w) {5}( +)/gm, "      --$1$2");
}

/** The command whose options are parsed. */
interface TypedCommand {
  /** "runs" */
  readonly word: string;
  /** Its positionals, as the help shows them: ["<action>", "[id]"]. */
  readonly places: readonly string[];
  /** The names of its options. */
  readonly options: readonly string[];
}

/** What yargs found wrong with the command line, in the form of this project's own errors. */
function wrongCommandLine(
  message: string,
  args: readonly string[],
  command: TypedCommand | undefined,
): CommandLineError {
  const advice =
    command === undefined
      ? "`pnpm exp --help` lists the commands."
      : `\`pnpm exp ${command.word} --help\` lists the options.`;
  const finding = findingOf(message, args, command) ?? message;
  return new CommandLineError(`${finding}${/[.?]$/.test(finding) ? "" : "."} ${advice}`);
}

/** The message about an unknown option or command, a missing argument or a wrong choice; undefined for others. */
function findingOf(
  message: string,
  args: readonly string[],
  command: TypedCommand | undefined,
): string | undefined {
  // yargs names an option of several words twice: "mask-from, maskFrom".
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  if (unknown !== undefined) {
    if (!args.some((arg) => arg.split("=")[0] === `--${unknown}`)) {
      return command === undefined
        ? `${unknown}: there is no such command`
        : `${unknown}: expected no further argument. Options begin with --`;
    }
    return `--${unknown}: there is no such option.${didYouMean(unknown, command?.options ?? [])}`;
  }
  const wrong = /Argument: (\S+), Given: (.+), Choices: (.+)/.exec(message);
  if (wrong !== null && command !== undefined) {
    const [name = "", given = "", choices = ""] = wrong.slice(1);
    const known = choices.split(", ").map(unquoted);
    const expected = `expected one of ${known.join(", ")}`;
    const where = command.options.includes(name) ? `--${name}` : command.word;
    if (given === "true") return `${where}: ${expected}, got none`; // named without a value
    const value = unquoted(given);
    return `${where} ${value}: ${expected}.${didYouMean(value, known)}`;
  }
  const missing = /^Missing required arguments?: ([^,]+)/.exec(message)?.[1];
  if (missing !== undefined) return `--${missing}: expected a value, got none`;
  if (message.startsWith("Not enough non-option arguments") && command !== undefined) {
    return `${command.word}: expected ${command.places[0]}, got none`;
  }
  return undefined;
}

const unquoted = (text: string) => text.replace(/^"|"$/g, "");

/** What is written to stderr. */
export function messageOf(error: unknown): string {
  if (error instanceof FailedRunsError) {
    return [`error: ${error.message}`, ...error.stacks.map(defectOf)].join("\n");
  }
  if (error instanceof CommandStopped) return error.message;
  if (error instanceof UserError) return `error: ${error.message}`;
  const refusal = systemRefusalOf(error);
  if (refusal !== undefined) return `error: ${refusal.message}`;
  return defectOf(error instanceof Error ? error.stack : String(error));
}

/** Where an error, and what caused it, was thrown. */
function framesOf({ stack = "", cause }: Error): readonly string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return cause instanceof Error ? [...frames, `because of ${cause.stack}`] : frames;
}

function defectOf(stack: string | undefined): string {
  return `This is a defect of the program, not of what you typed. Please report it with:\n${printableLines(String(stack))}`;
}

/**
 * 2 where the command line itself is wrong, 128 + n after signal n, 1 for everything else: files, data, the disk, a
 * defect.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandStopped) return error.exitCode;
  return error instanceof UserError ? error.exitCode : 1;
}
