/**
 * @file Options from a configuration file, and the configuration that a command has in the end.
 *
 * What `--config FILE` says is put among the words of the command line, as flags. So it is parsed and checked as they are,
 * wins over the environment, and gives way to a flag that was typed.
 */
import { CommandLineError, didYouMean, parseJson } from "@mvt/common";
import { isEntries, kindOf, readEntries } from "./configuration-file.ts";
import type { Entries, Entry } from "./configuration-file.ts";
import { configurationOptions, variableOf } from "./command.ts";
import type { Command, CommandModule, CommandOption, CommandOptions } from "./command.ts";

/** A command line with what a file adds. */
export interface Configured {
  readonly args: readonly string[];
  /** The file and the options that it set; undefined without one. */
  readonly from?: { readonly path: string; readonly names: readonly string[] };
}

/** The configuration that a command runs with. */
export interface EffectiveConfiguration {
  /** "table2", or with its positionals "bench train". */
  readonly command: string;
  /** As YAML that --config takes: all that differs from the defaults, under a line that shows the command. */
  readonly text: () => Promise<string>;
  /** Whether a file or the environment set something, which the command line does not show. */
  readonly beyondCommandLine: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The typed words with those of `--config`, or of MVT_CONFIG.
 *
 * @throws CommandLineError for a file that cannot be read, and for names and kinds of values that the command does not
 *   take. The values are checked later, with those of the command line.
 */
export async function withConfiguration(
  args: readonly string[],
  commands: readonly Command[],
  environment: Environment,
): Promise<Configured> {
  const path = typedValue(args, "config") ?? (environment["MVT_CONFIG"] || undefined);
  const word = args.find((arg) => commands.some((command) => wordOf(command) === arg));
  if (path === undefined || word === undefined) return { args };
  const { options } = await commands.find((command) => wordOf(command) === word)!.load();
  const entries = await readEntries(path);
  const names = [...entries.keys()];
  for (const name of names) {
    if (Object.hasOwn(options, name)) continue;
    throw new CommandLineError(
      `${path}: there is no option ${name} of \`${word}\`.${didYouMean(name, Object.keys(options))} \`pnpm exp ${word} --help\` lists the options.`,
    );
  }
  const added = wordsOf(entries, options, args, path);
  // Before the first flag: an option that may be repeated takes all words behind it, up to the next flag.
  const first = args.findIndex((arg) => arg.startsWith("-"));
  const at = first < 0 ? args.length : first;
  return {
    args: [...args.slice(0, at), ...added, ...args.slice(at)],
    from: { path, names },
  };
}

/** The message about a flag, naming the file where the file has set it. */
export function namingFile(message: string, from: Configured["from"]): string {
  const [, name] = /^error: --([\w-]+)/.exec(message) ?? [];
  if (from === undefined || name === undefined || !from.names.includes(name)) return message;
  return message.replace("error: --", `error: ${from.path}: `);
}

/** @param words the command and its positionals, as they were typed */
export function effectiveConfiguration(
  { options }: CommandModule,
  parsed: Readonly<Record<string, unknown>>,
  words: readonly unknown[],
  environment: Environment,
): EffectiveConfiguration {
  const command = words
    .flat()
    .filter((word) => typeof word === "string")
    .join(" ");
  const changed = Object.entries(options).filter(([name, option]) => {
    if (Object.hasOwn(configurationOptions, name)) return false;
    const value = parsed[name];
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(option.default);
  });
  const values = Object.fromEntries(changed.map(([name]) => [name, parsed[name]]));
  return {
    command,
    async text() {
      const { stringify } = await import("yaml");
      const yaml = changed.length === 0 ? "" : stringify(values, { lineWidth: 0 });
      return `# pnpm exp ${command} --config FILE\n${yaml}`;
    },
    beyondCommandLine:
      parsed["config"] !== undefined ||
      changed.some(([name]) => environment[variableOf(name)] !== undefined),
  };
}

const wordOf = ({ name }: Command) => name.split(" ")[0]!;

/** The value of a flag in `--name value` or `--name=value`. */
function typedValue(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  const [, attached] = /^--[^=]+=(.*)$/s.exec(args[at] ?? "") ?? [];
  const value = attached ?? (at < 0 ? undefined : args[at + 1]);
  return value === undefined || value === "" || value.startsWith("--") ? undefined : value;
}

/** The flags of a file, but those that were typed. */
function wordsOf(
  entries: Entries,
  options: CommandOptions,
  args: readonly string[],
  path: string,
): readonly string[] {
  // "--no-wait" takes the place of a "wait", too.
  const positive = (name: string) => name.replace(/^no-/, "");
  const typed = new Set(
    args.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []).map((name) => positive(kebab(name))),
  );
  const typedPaths = new Set(args.flatMap((arg) => pathOf(arg.replace(/^--set=/, "")) ?? []));
  return [...entries].flatMap(([name, entry]) => {
    const values = valuesOf(name, entry, options[name]!, path);
    if (name === "set") {
      return values
        .filter((assignment) => !typedPaths.has(pathOf(assignment) ?? ""))
        .map((assignment) => `--set=${assignment}`);
    }
    return typed.has(positive(name)) ? [] : values.map((value) => `--${name}=${value}`);
  });
}

/** "slurm-most" of "slurmMost". */
export const kebab = (name: string) =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The path of an assignment: "adamw.weightDecay" of "adamw.weightDecay=0.05". */
const pathOf = (assignment: string) => /^([\w.]+)=/.exec(assignment)?.[1];

/** The texts of one option; only one that may be repeated has several. */
function valuesOf(
  name: string,
  entry: Entry,
  { type, array }: CommandOption,
  path: string,
): readonly string[] {
  if (name === "set" && isEntries(entry)) return assignmentsOf(entry, []);
  const values: readonly Entry[] =
    array === true && typeof entry !== "string" && !isEntries(entry) ? entry : [entry];
  return values.map((value) => {
    const refuse = (found: string) => new CommandLineError(`${path}: ${name}: expected ${found}`);
    if (typeof value !== "string") {
      const joined = isEntries(value) ? "" : ` If it takes several, separate them by commas.`;
      throw refuse(`one value, as behind a flag, got ${kindOf(value)}.${joined}`);
    }
    if (value === "") throw refuse("a value, got none.");
    if (type === "boolean" && value !== "true" && value !== "false") {
      throw refuse(`true or false, got ${value}.`);
    }
    return value;
  });
}

/** Every leaf of a nested mapping of settings: "schedule.learningRate=1e-4". */
function assignmentsOf(entries: Entries, keys: readonly string[]): readonly string[] {
  return [...entries].flatMap(([key, entry]) =>
    isEntries(entry)
      ? assignmentsOf(entry, [...keys, key])
      : [`${[...keys, key].join(".")}=${typeof entry === "string" ? entry : jsonOf(entry)}`],
  );
}

/** A list of settings' values as JSON: [0.9,0.98]. */
function jsonOf(entry: Entry): string {
  if (typeof entry === "string") {
    return parseJson(entry) === undefined ? JSON.stringify(entry) : entry;
  }
  if (!isEntries(entry)) return `[${entry.map(jsonOf).join(",")}]`;
  const pairs = [...entry].map(([key, value]) => `${JSON.stringify(key)}:${jsonOf(value)}`);
  return `{${pairs.join(",")}}`;
}
