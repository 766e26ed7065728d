/**
 * @file What a command is: options that are declared once with their help and their check, examples, and what it does.
 *
 * Everything that speaks of commands reads these records: parsing, help, environment variables, tests of the
 * documentation.
 */
import { CommandLineError } from "@mvt/common";
import type { Argv, InferredOptionTypes, Options } from "yargs";
import type { z } from "zod";
import type { EffectiveConfiguration } from "./configuration.ts";
import { configurationEndings } from "./configuration-file.ts";
import { globalOptions } from "./messages.ts";

export interface CommandOption extends Options {
  /** Throws a CommandLineError for a value that no command could mean. Called only with values that were given. */
  readonly check?: (value: never, flag: string) => void;
  /** What a shell completes where there are no choices: words, also in a list with commas, or ids of runs. */
  readonly suggest?: readonly string[] | "run";
}
export type CommandOptions = Readonly<Record<string, CommandOption>>;

type CamelCase<Key> = Key extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key;

/** Parsed options by their names in camel case. */
export type ArgsOf<O extends CommandOptions> = {
  readonly [Key in keyof InferredOptionTypes<O> as CamelCase<Key>]: InferredOptionTypes<O>[Key];
};

/** A command's module, loaded when the command is asked for. */
export interface CommandModule {
  readonly options: CommandOptions;
  readonly positionals: CommandOptions;
  /** Command lines without `pnpm exp`, and what they do. */
  readonly examples: readonly (readonly [line: string, about: string])[];
  /** What --json writes, by its heading in docs/guides/scripting.md; absent of a command without --json. */
  readonly facts?: Readonly<Record<string, z.ZodType>>;
  readonly run: (args: never, configuration: EffectiveConfiguration) => Promise<void>;
}

export interface Command {
  /** As it is typed, with its positionals: "runs <action> [ids..]". */
  readonly name: string;
  /** Its line of help. */
  readonly about: string;
  /** Imports its module. */
  readonly load: () => Promise<CommandModule>;
}

/** The module of a command; `run` gets the parsed options by their types. */
export function defineCommand<
  const O extends CommandOptions,
  const P extends CommandOptions = Record<string, never>,
>({
  options,
  positionals,
  examples,
  facts,
  run,
}: {
  readonly options: O;
  readonly positionals?: P;
  readonly examples: CommandModule["examples"];
  readonly facts?: CommandModule["facts"];
  readonly run: (args: ArgsOf<O & P>, configuration: EffectiveConfiguration) => Promise<void>;
}): CommandModule {
  return { options, positionals: positionals ?? {}, examples, ...(facts && { facts }), run };
}

/** Which file of options a command takes, and whether it shows what comes of it. */
export const configurationOptions = {
  config: {
    type: "string",
    group: "Configuration:",
    describe: `file of options, which flags win over: ${configurationEndings}`,
  },
  "show-config": {
    type: "boolean",
    default: false,
    group: "Configuration:",
    describe: "print the options that differ from their defaults, as a file for --config, and stop",
  },
} as const;

/** The options of every command, besides its own. */
export const commonOptions = { ...globalOptions, ...configurationOptions } as const;

/**
 * Declares a command's options to yargs; the environment sets MVT_FERPLUS_TRAIN for --ferplus-train and so on.
 *
 * @param helps whether the command's help is asked for. yargs formats it before it runs any command, which takes a tenth of a
 * second; without options there is nothing to format.
 */
export function declare(
  cli: Argv,
  { options, positionals, examples }: CommandModule,
  environment: Readonly<Record<string, string | undefined>>,
  helps: boolean,
): Argv {
  for (const [name, option] of Object.entries(positionals)) cli.positional(name, option as never);
  for (const [line, about] of examples) cli.example(`$0 ${line}`, about);
  const fromEnvironment = Object.keys(options).flatMap((name) => {
    const value = environment[variableOf(name)];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const shown: Record<string, Options> = helps
    ? options
    : Object.fromEntries(
        Object.entries(options).map(([name, option]) => [name, { ...option, hidden: true }]),
      );
  return cli.options(shown).config(Object.fromEntries(fromEnvironment));
}

/** The environment variable that sets an option: MVT_FERPLUS_TRAIN sets --ferplus-train. */
export function variableOf(option: string): string {
  return `MVT_${option.toUpperCase().replaceAll("-", "_")}`;
}

/** Whether the environment sets the option to this value: then it is set for other commands as well. */
export function isOfEnvironment(option: string, value: unknown): boolean {
  return process.env[variableOf(option)] === String(value);
}

/** Throws for a number or a repeatable option that is typed without a value: yargs takes its default instead. */
export function requireValues({ options }: CommandModule, args: readonly string[]): void {
  for (const [name, { type, array }] of Object.entries(options)) {
    if (type !== "number" && array !== true) continue;
    const lacksOne = args.some(
      (arg, i) => arg === `--${name}` && (args[i + 1] ?? "--").startsWith("--"),
    );
    if (lacksOne) throw lacksValue(name);
  }
}

/** Throws for an option that was given twice, without a value, with a text for a number, or out of its range. */
export function checkOptions(
  { options, positionals }: CommandModule,
  parsed: Readonly<Record<string, unknown>>,
): void {
  const all: CommandOptions = { ...positionals, ...options };
  for (const [name, { type, array, check }] of Object.entries(all)) {
    if (!Object.hasOwn(parsed, name)) continue;
    const value = parsed[name];
    if (Array.isArray(value) && array !== true) {
      throw new CommandLineError(
        `--${name}: expected it once, got it ${value.length} times (${value.join(", ")}). Leave out all but one.`,
      );
    }
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (type === "string" && values.includes("")) throw lacksValue(name);
    if (type === "number") {
      if (value === undefined) throw lacksValue(name);
      if (Number.isNaN(value))
        throw new CommandLineError(`--${name}: expected a number, got a text.`);
    }
    if (value !== undefined) check?.(value as never, name);
  }
}

function lacksValue(name: string): CommandLineError {
  return new CommandLineError(`--${name}: expected a value, got none.`);
}

/** A check for whole numbers of at least `least`. */
export const wholeFrom = (least: number) => (value: number, flag: string) => {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new CommandLineError(`--${flag} ${value}: expected a whole number of at least ${least}.`);
};

/** A check for shares from 0 to 1. */
export function isShare(value: number, flag: string): void {
  if (value >= 0 && value <= 1) return;
  throw new CommandLineError(
    `--${flag} ${value}: expected a share from 0 to 1, such as 0.9 for 90 %.`,
  );
}
