/** @file Command lines that a text shows: whether yargs takes them, without running anything. */
import yargs from "yargs";
import type { Argv } from "yargs";
import { checkFlags, declaredFlags } from "../../src/cli/flags.ts";

export interface DocumentedCommand {
  readonly name: string;
  readonly load: () => Promise<{ readonly builder: (cli: Argv) => Argv }>;
}

/** What yargs knows of a command's flags. */
export interface Declared {
  readonly names: readonly string[];
  readonly numbers: readonly string[];
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

/** The words of a command line; quotes hold words together. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
}

/** Whether a text stands for a value to be filled in: DIR, N, .., $seed. */
export function isPlaceholder(value: string): boolean {
  return /^(?:[A-Z][A-Z_]*|\.{2,3}|…|\$\w+)$/.test(value);
}

const missing = /^(?:Missing required argument|Not enough non-option arguments)/;

/**
 * What is wrong with "train --seed 1", if anything. An incomplete command, which prose names in passing, may
 * lack what the command requires.
 */
export async function commandProblem(
  words: readonly string[],
  commands: readonly DocumentedCommand[],
  { complete }: { readonly complete: boolean },
): Promise<string | undefined> {
  const [name] = words;
  if (name === undefined || name === "COMMAND" || name.startsWith("--")) return undefined;
  const command = commands.find((one) => nameOf(one) === name);
  if (command === undefined) return `there is no command ${name}`;
  const declared = await flagsOf(command);
  const problem = await parse(command, filledIn(words, declared));
  if (complete || problem === undefined || !missing.test(problem)) return problem;
  return flagProblem(words, declared);
}

/** What is wrong with the flags of "--scale quick --plan", and with their values, where these are given. */
export function flagProblem(
  words: readonly string[],
  { names, numbers, choices }: Declared,
): string | undefined {
  for (const [index, word] of words.entries()) {
    const [, name, equals, attached] = /^--([\w-]+)(=?)(.*)$/s.exec(word) ?? [];
    if (name === undefined) continue;
    if (!names.includes(name)) return `there is no flag --${name}`;
    const next = words[index + 1];
    const value = equals === "" ? (next?.startsWith("--") ? undefined : next) : attached;
    if (value === undefined || isPlaceholder(value)) continue;
    const allowed = choices[name];
    if (allowed !== undefined && !allowed.includes(value)) {
      return `--${name} ${value}: the choices are ${allowed.join(", ")}`;
    }
    if (numbers.includes(name) && Number.isNaN(Number(value))) {
      return `--${name} ${value}: it takes a number`;
    }
  }
  return undefined;
}

export const nameOf = ({ name }: DocumentedCommand) => name.split(" ")[0]!;

const flagsOfCommands = new WeakMap<DocumentedCommand, Declared>();

/** The flags that a command's builder declares. */
export async function flagsOf(command: DocumentedCommand): Promise<Declared> {
  let declared = flagsOfCommands.get(command);
  if (declared !== undefined) return declared;
  await parse(command, [nameOf(command)], (built) => {
    declared = built;
  });
  if (declared === undefined) throw new Error(`${command.name}: its flags are not declared`);
  flagsOfCommands.set(command, declared);
  return declared;
}

/** Placeholders become values that the flag takes: 1 for a number, the first choice of several. */
function filledIn(words: readonly string[], { numbers, choices }: Declared): readonly string[] {
  const filled: string[] = [];
  let flag = "";
  for (const word of words) {
    const [, name, equals, value] = /^--([\w-]+)(=?)(.*)$/s.exec(word) ?? [];
    flag = name ?? flag;
    const text = name === undefined ? word : value!;
    const sample = numbers.includes(flag) ? "1" : (choices[flag]?.[0] ?? text);
    const replaced = isPlaceholder(text) ? sample : text;
    filled.push(name === undefined ? replaced : `--${name}${equals}${replaced}`);
  }
  return filled;
}

/** "images" of "predict <images..>". */
const repeatedPositionals = (name: string) =>
  [...name.matchAll(/[<[](\w+)\.\./g)].map((match) => match[1]!);

async function parse(
  { name, load }: DocumentedCommand,
  words: readonly string[],
  onDeclared: (declared: Declared) => void = () => {},
): Promise<string | undefined> {
  const { builder } = await load();
  let flags: ReturnType<typeof declaredFlags>;
  try {
    await yargs(words.slice(1))
      .parserConfiguration({ "boolean-negation": false, "dot-notation": false })
      .strict()
      .help(false)
      .version(false)
      .option("help", { type: "boolean" })
      .exitProcess(false)
      .fail((message, error) => {
        throw error ?? new Error(message);
      })
      // As the default command: for others yargs draws its help at every parse, which takes long.
      .command(
        name.replace(/^\S+/, "$0"),
        "",
        (cli) => {
          const built = builder(cli);
          flags = declaredFlags(built);
          flags = { ...flags, arrays: [...flags.arrays, ...repeatedPositionals(name)] };
          const { choices } = (built as never as { getOptions: () => Declared }).getOptions();
          onDeclared({ names: flags.names, numbers: flags.numbers, choices });
          return built;
        },
        (parsed) => checkFlags(flags, parsed),
      )
      .parseAsync();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
